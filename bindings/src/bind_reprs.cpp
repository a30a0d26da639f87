#include "krgboot/base/visible.hpp"

#include <array>
#include <utility>

#include "bind_values.hpp"

namespace krgboot::bindings {

namespace {

/// A class name and its repr as a str.format template: {0} is the object, {1} its length.
using Form = std::pair<const char*, const char*>;

constexpr std::array forms{
    Form{"AccountLines", "<AccountLines of {0.database}: {0.names}>"},
    Form{"ApplyReport", "<ApplyReport: {0.changes}>"},
    Form{"ArchiveReport", "<ArchiveReport: {0.entries} entries, {0.archive_size} bytes>"},
    Form{"BootstrapProgress", "<BootstrapProgress {0.phase}: {0.fraction:.0%}>"},
    Form{"BootstrapReport", "<BootstrapReport of {0.argv}>"},
    Form{"Changes", "<Changes: {1}>"},
    Form{"CloneReport", "<CloneReport: {0.entries} entries, {0.bytes} bytes>"},
    Form{"CommandResult", "<CommandResult: status {0.status}>"},
    Form{"ConfigureImageReport", "<ConfigureImageReport: {0.changes}, {0.steps}>"},
    Form{"CopyFile", "<CopyFile {0.source} {0.path}>"},
    Form{"DaemonCheck", "<DaemonCheck {0.daemon}: {0.detail}>"},
    Form{"DifferenceReport", "<DifferenceReport: {0.count} differences in {0.entries} entries>"},
    Form{"EditFile", "<EditFile {0.path}: {0.edit}>"},
    Form{"ExportRules", "<ExportRules {0.squash.name} {0.sec} secure={0.secure}>"},
    Form{"ExportsTable", "<ExportsTable {0.file!r}: {1} entries>"},
    Form{"ExportsView", "<ExportsView of {0.tables}>"},
    Form{"ExportsEditReport", "<ExportsEditReport {0.path}: changed={0.changed}>"},
    Form{"FieldDifference", "<FieldDifference {0.field}: {0.expected} {0.found}>"},
    Form{"FileSystem", "<FileSystem {0.type.name} {0.device}: {0.size} bytes>"},
    Form{"FstabMount", "<FstabMount {0}>"},
    Form{"FstabTable", "<FstabTable: {1} mounts>"},
    Form{"GaneshaConf", "<GaneshaConf: {0.diagnostics}>"},
    Form{"HostsFile", "<HostsFile {0!s:.40}>"},
    Form{"ImageEntry", "<ImageEntry {0.name} {0.path}>"},
    Form{"IncludeLine", "<IncludeLine {0.path}>"},
    Form{"KernelCheck", "<KernelCheck of {0.kernel.file}: {0.findings}>"},
    Form{"KernelCommandLine", "<KernelCommandLine {0}>"},
    Form{"KernelParameter", "<KernelParameter {0}>"},
    Form{"Kerrighed", "<Kerrighed: session {0.session_id}>"},
    Form{"KerrighedTools", "<KerrighedTools install={0.install} boot_id={0.boot_id}>"},
    Form{"MakeLink", "<MakeLink {0.path} to {0.target}>"},
    Form{"Machine", "<Machine {0.name} mac={0.mac} uuid={0.uuid} address={0.address}>"},
    Form{"MakeDirectory", "<MakeDirectory {0.path}>"},
    Form{"MarkedBlock", "<MarkedBlock {0.name}>"},
    Form{"Network", "<Network {0.subnet}>"},
    Form{"NfsRoot", "NfsRoot({0.path!r}, {0.server!r}, {0.options!r})"},
    Form{"NfsRootSupport", "<NfsRootSupport: nfs_root {0.nfs_root.name}>"},
    Form{"Pool", "<Pool {0.range}>"},
    Form{"Progress", "<Progress: {0.entries} entries, {0.bytes} bytes>"},
    Form{"PxelinuxMenu", "<PxelinuxMenu: {0.labels}>"},
    Form{"PxelinuxNewLabel",
         "PxelinuxNewLabel({0.name!r}, {0.kernel!r}, {0.initrds!r}, {0.append!r}, {0.sysappend}, "
         "{0.localboot!r}, "
         "{0.extra!r})"},
    Form{"Reload", "<Reload {0.argv}>"},
    Form{"Remove", "<Remove {0.path}>"},
    Form{"Rendering", "<Rendering of {1} items>"},
    Form{"RestoreReport", "<RestoreReport: {0.entries} entries, {0.bytes} bytes>"},
    Form{"Server", "<Server {0.name} {0.address}>"},
    Form{"TftpdDefaults", "<TftpdDefaults {0.tftp_root}>"},
    Form{"TftpdSettings", "<TftpdSettings {0.directories}>"},
    Form{"Trace", "<Trace of {0.machine.name}: {0.verdict}>"},
    Form{"TreeDifference", "<TreeDifference {0}>"},
    Form{"Verdict", "<Verdict: {0.path} to {0.address} {0.admission.name}>"},
    Form{"Verification", "<Verification: {0.drift}>"},
    Form{"WriteFile", "<WriteFile {0.path}>"},
};

}  // namespace

void bind_reprs(py::module_& m) {
  for (const auto& [name, form] : forms) {
    auto describe = [form = py::str(form)](const py::object& self) {
      auto length = py::hasattr(self, "__len__") ? py::object(py::int_(py::len(self))) : py::none();
      return visible(form.format(self, length).cast<std::string>());
    };
    py::object type = m.attr(name);
    type.attr("__repr__") = py::cpp_function(describe, py::name("__repr__"), py::is_method(type));
  }
}

}  // namespace krgboot::bindings
