#include "krgboot/formats/dhcp/isc/answer.hpp"
#include "krgboot/formats/dhcp/isc/edit.hpp"
#include "krgboot/formats/dhcp/isc/render.hpp"
#include "krgboot/formats/kernel/boot_command_line.hpp"
#include "krgboot/formats/kernel/command_line.hpp"
#include "krgboot/formats/kernel/nfs_root.hpp"
#include "krgboot/formats/loader/pxelinux/menu.hpp"
#include "krgboot/formats/loader/pxelinux/new_menu.hpp"
#include "krgboot/formats/loader/pxelinux/render.hpp"
#include "krgboot/formats/nfs/exports/match.hpp"
#include "krgboot/formats/nfs/exports/render.hpp"
#include "krgboot/formats/nfs/exports/table.hpp"
#include "krgboot/formats/nfs/ganesha/conf.hpp"
#include "krgboot/formats/root_tree/fstab.hpp"
#include "krgboot/formats/root_tree/fstab_table.hpp"
#include "krgboot/formats/root_tree/hosts.hpp"
#include "krgboot/formats/root_tree/mount_unit.hpp"
#include "krgboot/formats/tftp/hpa/defaults.hpp"

#include <map>

#include "bind.hpp"

namespace krgboot::bindings {

namespace {

void bind_exports(py::module_& m) {
  using namespace exports;
  py::class_<Entry>(m, "ExportEntry", "One path exported to one client.")
      .def_readonly("path", &Entry::path)
      .def_readonly("client", &Entry::client, "Empty if the line names no client, which means every client.")
      .def_readonly("options", &Entry::options)
      .def_property_readonly(
          "effective", [](const Entry& e) { return e.effective.to_etab(); },
          "All options in force, including the defaults of nfs-utils.")
      .def_readonly("where", &Entry::where)
      .def("to_etab", &Entry::to_etab, "The entry in the format of exportfs's export table (etab).")
      .def("__repr__",
           [](const Entry& e) { return "<ExportEntry " + e.path + " " + e.client + "(" + e.options + ")>"; });

  py::native_enum<Admission>(m, "Admission", "enum.Enum", "Whether an address may mount a path.")
      .value("refused", Admission::refused)
      .value("allowed", Admission::allowed)
      .value("unknown", Admission::unknown)
      .finalize();
  py::class_<Verdict>(m, "Verdict", "Whether an address may mount a path, and the entry that decides.")
      .def_readonly("address", &Verdict::address)
      .def_readonly("path", &Verdict::path)
      .def_readonly("admission", &Verdict::admission)
      .def_readonly("exported_path", &Verdict::exported_path)
      .def_readonly("entry", &Verdict::entry, "The entry that decides.")
      .def_readonly("read_only", &Verdict::read_only)
      .def_readonly("root_squash", &Verdict::root_squash)
      .def_readonly("all_squash", &Verdict::all_squash)
      .def_readonly("certain", &Verdict::certain,
                    "False if an entry whose client is a host name could decide differently.")
      .def("explain", &Verdict::explain, "The decision in words, one fact per line.")
      .def("__bool__", [](const Verdict& v) { return v.admission == Admission::allowed; });

  py::class_<ExportsTable>(m, "ExportsTable",
                           "An exports(5) file as nfs-utils reads it; edits preserve every other byte.")
      .def(py::init<>())
      .def_static("parse", &ExportsTable::parse, py::arg("text"), py::arg("file") = "",
                  "Read `text`; `file` is only a name for messages. Never fails: see diagnostics.")
      .def_property_readonly("file", &ExportsTable::file)
      .def("list", &ExportsTable::list,
           "The entries, up to the first fault that makes exportfs stop reading.")
      .def_property_readonly("diagnostics", &ExportsTable::diagnostics)
      .def_property_readonly("ends_early", &ExportsTable::ends_early,
                             "Does exportfs ignore the rest of the file after a fault?")
      .def(
          "find",
          [](const ExportsTable& table, const std::string& path,
             const std::string& client) -> std::optional<Entry> {
            const auto* entry = table.find(path, client);
            if (entry == nullptr) return std::nullopt;
            return *entry;
          },
          py::arg("path"), py::arg("client"),
          "The first entry for this path and client; None if there is none. Clients are compared by "
          "meaning:\n"
          "10.0.0.0/255.255.255.0 finds 10.0.0.0/24.")
      .def("add", &ExportsTable::add, py::arg("path"), py::arg("client"), py::arg("options"),
           "Export `path` to `client` with `options` (comma-separated, as in exports(5)), on the path's line "
           "or a new\n"
           "one. Raises ArgumentError, also if the entry already exists; ConfigError if exportfs would not "
           "read it.")
      .def("change", &ExportsTable::change, py::arg("path"), py::arg("client"), py::arg("options"),
           "Replace the options of an entry. Raises ArgumentError if there is no such entry, ConfigError.")
      .def("remove", &ExportsTable::remove, py::arg("path"), py::arg("client"),
           "Remove an entry, and its line if no client is left there. False if there is no such entry. "
           "Raises\n"
           "ConfigError.")
      .def(
          "would_allow",
          [](const ExportsTable& table, Ipv4Address address, const std::string& path) {
            return exports::would_allow(table, address, path);
          },
          py::arg("address"), py::arg("path"),
          "Decide whether this address may mount this path; the Verdict names the deciding entry.")
      .def("__len__", [](const ExportsTable& table) { return table.list().size(); })
      .def("__str__", &ExportsTable::to_string);

  py::class_<ExportsView>(m, "ExportsView", "All tables that exportfs reads, combined.")
      .def(py::init([](std::vector<ExportsTable> tables) { return ExportsView(std::move(tables)); }),
           py::arg("tables"))
      .def_property_readonly("tables", &ExportsView::tables)
      .def_property_readonly("diagnostics", &ExportsView::diagnostics)
      .def("would_allow", &ExportsView::would_allow, py::arg("address"), py::arg("path"),
           "Decide whether this address may mount this path; the Verdict names the deciding entry.");
  m.def("is_drop_in", &is_drop_in, py::arg("name"),
        "Does exportfs read a file of this name in /etc/exports.d?");
  m.def("sort_drop_ins", &sort_drop_ins, py::arg("names"),
        "Names in the order in which exportfs reads them.");
}

void bind_mount_unit(py::module_& m) {
  m.def(
      "mount_unit_name", &mount_unit::name, py::arg("path"),
      "The name of the systemd unit for a mount point, as `systemd-escape --path --suffix=mount` prints it.\n"
      "Raises ArgumentError.");
  m.def("parse_mount_unit_name", &mount_unit::parse_name, py::arg("name"),
        "The mount point of the mount unit of this name; None for any other name.");
}

void bind_ganesha(py::module_& m) {
  using namespace exports;
  using Log = std::map<std::string, std::string>;
  py::class_<GaneshaConf>(m, "GaneshaConf", "NFS-Ganesha's configuration for the exports of nfsd.")
      .def_readonly("text", &GaneshaConf::text)
      .def_readonly("diagnostics", &GaneshaConf::diagnostics,
                    "Features of the exports that nfsd supports and Ganesha does not.")
      .def("__str__", [](const GaneshaConf& conf) { return conf.text; });
  auto conf = [](const ExportsView& exports, Ipv4Address bind, const Log& log, bool udp, bool mounted) {
    return ganesha_conf(exports, {bind, {log.begin(), log.end()}, udp, mounted});
  };
  Log refusals{{"EXPORT", "INFO"}};
  m.def("ganesha_conf", conf, py::arg("tables"), py::arg("bind"), py::arg("log") = refusals,
        py::arg("udp") = true, py::arg("mounted") = false,
        "The NFS-Ganesha configuration that exports what nfsd would export with these tables. No client gets "
        "more\n"
        "access than from nfsd.\n\n"
        "log: a level for each log component; the default logs refused clients. udp: also serve over UDP.\n"
        "mounted: treat paths with mountpoint= as mounted. Raises ArgumentError.");
  m.def(
      "ganesha_conf",
      [conf](std::vector<ExportsTable> tables, Ipv4Address bind, const Log& log, bool udp, bool mounted) {
        return conf(ExportsView(std::move(tables)), bind, log, udp, mounted);
      },
      py::arg("tables"), py::arg("bind"), py::arg("log") = refusals, py::arg("udp") = true,
      py::arg("mounted") = false);
}

void bind_kernel_command_line(py::module_& m) {
  py::class_<KernelParameter>(m, "KernelParameter", "One parameter of a kernel command line.")
      .def_property_readonly("name", &KernelParameter::name)
      .def_property_readonly("value", &KernelParameter::value)
      .def("__str__", &KernelParameter::to_string);
  py::class_<NfsRoot>(m, "NfsRoot", "An NFS root file system, independent of what mounts it.")
      .def(py::init([](const std::string& path, std::optional<Ipv4Address> server,
                       std::vector<std::string> options) {
             return NfsRoot{server, path, std::move(options)};
           }),
           py::arg("path"), py::arg("server") = py::none(), py::arg("options") = std::vector<std::string>{})
      .def_readonly("server", &NfsRoot::server)
      .def_readonly("path", &NfsRoot::path)
      .def_readonly("options", &NfsRoot::options)
      .def(
          "parameters",
          [](const NfsRoot& root, Initramfs consumer) {
            KernelCommandLine line;
            line.add(nfs_root_parameters(root, consumer));
            return line.to_string();
          },
          py::arg("consumer"),
          "The command-line parameters that pass it to the kernel, initramfs-tools or dracut. Raises "
          "ArgumentError.")
      .def(py::self == py::self);
  py::class_<KernelCommandLine>(m, "KernelCommandLine", "A kernel command line as a list of parameters.")
      .def(py::init([](const std::string& text) { return KernelCommandLine::from_string(text); }),
           py::arg("text") = "")
      .def_property_readonly("parameters", &KernelCommandLine::parameters)
      .def(
          "get",
          [](const KernelCommandLine& line, const std::string& name) -> std::optional<std::string> {
            const auto* parameter = line.find(name);
            if (parameter == nullptr) return std::nullopt;
            return parameter->value().value_or("");
          },
          py::arg("name"), "Value of the last parameter of that name, '' for a flag; None if it is absent.")
      .def(
          "add",
          [](KernelCommandLine& line, const std::string& item) {
            line.add(KernelParameter::from_item(item));
          },
          py::arg("item"))
      .def("remove", &KernelCommandLine::remove, py::arg("name"))
      .def_property_readonly("nfs_root",
                             [](const KernelCommandLine& line) -> std::optional<NfsRoot> {
                               auto reading = find_nfs_root(line);
                               if (!reading) return std::nullopt;
                               return reading->root;
                             })
      .def("__str__", &KernelCommandLine::to_string)
      .def(py::self == py::self);
  m.def(
      "render_command_line",
      [](const Cluster& cluster, const BootEntry& entry, const Node* node) {
        return render_command_line(cluster, entry, node);
      },
      py::arg("cluster"), py::arg("entry"), py::arg("node") = py::none(),
      "The kernel command line of a boot entry, for a node or for a machine that the spec does not list. "
      "Raises\n"
      "ArgumentError for values that a command line cannot hold.");
}

void bind_tables(py::module_& m) {
  py::class_<fstab::Mount>(m, "FstabMount", "One line of fstab(5), with decoded fields.")
      .def_readonly("spec", &fstab::Mount::spec)
      .def_readonly("file", &fstab::Mount::file)
      .def_readonly("vfstype", &fstab::Mount::vfstype)
      .def_readonly("options", &fstab::Mount::options)
      .def_readonly("freq", &fstab::Mount::freq)
      .def_readonly("passno", &fstab::Mount::passno)
      .def("__str__", &fstab::Mount::to_string);
  py::class_<fstab::FstabTable>(m, "FstabTable", "An fstab(5) file as libmount reads it.")
      .def_static("parse", &fstab::FstabTable::parse, py::arg("text"), py::arg("file") = "",
                  "Read `text`; `file` is only a name for messages. Never fails: see diagnostics.")
      .def("list",
           [](const fstab::FstabTable& table) {
             std::vector<fstab::Mount> mounts;
             mounts.reserve(table.list().size());
             for (const auto& line : table.list()) mounts.push_back(line.mount);
             return mounts;
           })
      .def_property_readonly("diagnostics", &fstab::FstabTable::diagnostics)
      .def("__str__", &fstab::FstabTable::to_string);
  m.def(
      "image_mounts",
      [](const Cluster& cluster, const Image& image) { return fstab::image_mounts(cluster, image); },
      py::arg("cluster"), py::arg("image"), "The mounts of a node besides its root.");

  py::class_<hosts::HostsFile>(m, "HostsFile", "/etc/hosts as glibc reads it.")
      .def_static("parse", &hosts::HostsFile::parse, py::arg("text"),
                  "Read `text`. Never fails: see diagnostics.")
      .def("names_of", &hosts::HostsFile::names_of, py::arg("address"),
           "Every name of an address, in file order.")
      .def("addresses_of", &hosts::HostsFile::addresses_of, py::arg("name"),
           "Every address of a name, in file order.")
      .def_property_readonly("diagnostics", &hosts::HostsFile::diagnostics)
      .def("__str__", &hosts::HostsFile::to_string);

  py::class_<tftpd_hpa::Settings>(m, "TftpdSettings",
                                  "The settings that /etc/default/tftpd-hpa passes to in.tftpd(8).")
      .def_static(
          "parse",
          [](std::string_view text, ReleaseName of, const std::string& file) {
            return tftpd_hpa::parse(text, tftpd_hpa::style_of(of), file).settings;
          },
          py::arg("text"), py::arg("release"), py::arg("file") = "",
          "Read `text` as the daemon of that release does.")
      .def_readonly("directories", &tftpd_hpa::Settings::directories)
      .def_readonly("address", &tftpd_hpa::Settings::address)
      .def_readonly("username", &tftpd_hpa::Settings::username)
      .def_readonly("options", &tftpd_hpa::Settings::options,
                    "All options that the other attributes do not cover, each followed by its argument.")
      .def_readonly("secure", &tftpd_hpa::Settings::secure);
}

void bind_pxelinux(py::module_& m) {
  using pxelinux::Label;
  using pxelinux::Menu;
  py::class_<Label>(m, "PxelinuxLabel", "A LABEL of a boot file with its directives.")
      .def_readonly("name", &Label::name)
      .def_readonly("kernel", &Label::kernel)
      .def_readonly("append", &Label::append)
      .def_readonly("initrd", &Label::initrd)
      .def("__repr__", [](const Label& label) { return "<PxelinuxLabel " + label.name + ">"; });
  py::class_<Menu>(m, "PxelinuxMenu", "A boot file below pxelinux.cfg/ as pxelinux 6 reads it.")
      .def_static("parse", &Menu::parse, py::arg("text"), "Read `text`. Never fails: see diagnostics.")
      .def_property_readonly("labels", &Menu::labels)
      .def_property_readonly("diagnostics", &Menu::diagnostics)
      .def_property_readonly(
          "boots",
          [](const Menu& menu) -> std::optional<Label> {
            const auto* label = menu.which_label();
            if (label == nullptr) return std::nullopt;
            return *label;
          },
          "The label that boots without user input; None if none does.")
      .def("__str__", &Menu::to_string);

  using pxelinux::NewLabel;
  py::class_<NewLabel>(m, "PxelinuxNewLabel", "A LABEL to be written into a boot file.")
      .def(py::init<std::string, std::string, std::vector<std::string>, std::string, unsigned,
                    std::optional<std::string>, std::vector<std::string>>(),
           py::arg("name"), py::arg("kernel") = "", py::arg("initrds") = std::vector<std::string>{},
           py::arg("append") = "", py::arg("sysappend") = 0, py::arg("localboot") = py::none(),
           py::arg("extra") = std::vector<std::string>{},
           "kernel, initrds: of Linux, as the loader requests them. append: the kernel command line. "
           "sysappend: "
           "bits of\n"
           "SYSAPPEND; 2 adds BOOTIF=. localboot: instead of a kernel, continue with the next boot device; "
           "its "
           "type, such\n"
           "as \"0\". extra: more lines.")
      .def_readonly("name", &NewLabel::name)
      .def_readonly("kernel", &NewLabel::kernel)
      .def_readonly("initrds", &NewLabel::initrds)
      .def_readonly("append", &NewLabel::append)
      .def_readonly("sysappend", &NewLabel::sysappend)
      .def_readonly("localboot", &NewLabel::localboot)
      .def_readonly("extra", &NewLabel::extra)
      .def(py::self == py::self);
  m.def(
      "render_pxelinux_menu",
      [](std::vector<NewLabel> labels, std::string default_label, bool prompt, unsigned timeout) {
        return pxelinux::render({std::move(labels), std::move(default_label), prompt, timeout});
      },
      py::arg("labels"), py::kw_only(), py::arg("default") = "", py::arg("prompt") = false,
      py::arg("timeout") = 0,
      "The text of a boot file. default: the label that boots; empty: the first. prompt: wait at the prompt. "
      "timeout: in\n"
      "tenths of a second, until the default boots; 0: no limit. Raises ArgumentError.");
  m.def("check_pxelinux_menu", py::overload_cast<std::string_view>(&pxelinux::check), py::arg("text"),
        "Faults of a boot file. Errors: syslinux would split a line, or refuse to start a label.");
}

}  // namespace

void bind_formats(py::module_& m) {
  bind_exports(m);
  bind_mount_unit(m);
  bind_ganesha(m);
  bind_kernel_command_line(m);
  bind_tables(m);
  bind_pxelinux(m);
  auto add_include = [](const std::string& text, const std::string& path) {
    return dhcpd::add_include(text, path);
  };
  m.def("dhcpd_add_include", add_include, py::arg("text"), py::arg("path"),
        "Return the dhcpd.conf with exactly one include line for `path`; every other byte is preserved.");
  auto check = [](std::string text, const std::string& file,
                  const std::optional<dhcpd::IncludeReader>& include) {
    return dhcpd::Configuration(std::move(text), file, include.value_or(nullptr)).diagnostics();
  };
  m.def("dhcpd_check", check, py::arg("text"), py::arg("file") = "dhcpd.conf",
        py::arg("include") = py::none(),
        "Faults of a dhcpd.conf. Errors: ISC dhcpd 4.4 would not start with it (as `dhcpd -t` reports), "
        "misreads it,\n"
        "or crashes later without a message. Warnings: dhcpd accepts it silently, but it is probably a "
        "mistake.\n"
        "`include`: called with the path of an included file, returns its text, or None if there is no such "
        "file.");
  m.def(
      "dhcpd_render", [](const Cluster& cluster) { return dhcpd::render(cluster); }, py::arg("cluster"),
      "The configuration file that krgboot owns and dhcpd includes.");
}

}  // namespace krgboot::bindings
