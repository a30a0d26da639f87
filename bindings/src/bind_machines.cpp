#include "krgboot/apply/boot_file.hpp"
#include "krgboot/apply/dhcp_host.hpp"

#include "bind_values.hpp"

namespace krgboot::bindings {

namespace {

DiffOptions adopting(bool adopt) {
  DiffOptions options;
  options.adopt = adopt;
  return options;
}

void bind_dhcp_host(py::module_& m) {
  m.def(
      "plan_dhcp_host",
      [](const HostName& name, const MacAddress& mac, std::optional<Ipv4Address> address,
         std::optional<Ipv4Address> next_server, const std::string& filename, const std::string& root_path,
         const std::vector<std::string>& extra, const std::filesystem::path& root, ReleaseName of,
         const std::string& program, bool adopt) {
        py::gil_scoped_release unlocked;
        DhcpHost host{name, mac, address, next_server, filename, root_path, extra};
        return propose_dhcp_host(host, Root(root), {release(of), program}, adopting(adopt));
      },
      py::arg("name"), py::arg("mac"), py::kw_only(), py::arg("address") = py::none(),
      py::arg("next_server") = py::none(), py::arg("filename") = "", py::arg("root_path") = "",
      py::arg("extra") = std::vector<std::string>{}, py::arg("root") = "/",
      py::arg_v("release", ReleaseName::bookworm, "ReleaseName.bookworm"), py::arg("program") = "",
      py::arg("adopt") = false,
      "Plan to make the DHCP server of `root` know one machine, independent of any cluster; a host of the "
      "same name is\n"
      "replaced.\n\n"
      "address: its fixed address; None: one of a pool. next_server: the TFTP server. filename: the boot "
      "program.\n"
      "root_path: option 17. extra: lines in the server's own syntax. program: the DHCP server's name in a "
      "spec; empty:\n"
      "the default. The changes' notices say if the server would give the machine another address, or none. "
      "Raises\n"
      "ArgumentError, ConfigError, ConflictError, IoError.");
  m.def(
      "plan_without_dhcp_host",
      [](const HostName& name, const std::filesystem::path& root, ReleaseName of,
         const std::string& program) {
        py::gil_scoped_release unlocked;
        return propose_without_dhcp_host(name, Root(root), {release(of), program});
      },
      py::arg("name"), py::kw_only(), py::arg("root") = "/",
      py::arg_v("release", ReleaseName::bookworm, "ReleaseName.bookworm"), py::arg("program") = "",
      "Plan to remove what plan_dhcp_host has added under this name. Raises as plan_dhcp_host.");
}

void bind_boot_file(py::module_& m) {
  m.def(
      "plan_boot_file",
      [](const std::string& machines, const std::optional<std::string>& text, const std::string& tftp_root,
         const std::string& loader, const std::filesystem::path& root, bool adopt) {
        py::gil_scoped_release unlocked;
        return propose_boot_file(machines, text, {tftp_root, loader}, Root(root), adopting(adopt));
      },
      py::arg("machines"), py::arg("text"), py::kw_only(), py::arg("tftp_root"), py::arg("loader") = "",
      py::arg("root") = "/", py::arg("adopt") = false,
      "Plan to give machines a boot file with this text, independent of any cluster; None: to remove it.\n\n"
      "machines: an IPv4 address, a network, a MAC address, a UUID, or \"default\" for all that have no "
      "other "
      "file.\n"
      "tftp_root: absolute, as seen inside `root`. loader: its name in a spec; empty: the default. Warnings "
      "about the\n"
      "text are in the changes' notices. Raises ConfigError if the loader could not boot what the text "
      "says;\n"
      "ArgumentError, ConflictError, IoError.");
}

}  // namespace

void bind_machines(py::module_& m) {
  bind_dhcp_host(m);
  bind_boot_file(m);
}

}  // namespace krgboot::bindings
