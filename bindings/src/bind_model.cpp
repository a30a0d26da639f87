#include "krgboot/model/cluster.hpp"
#include "krgboot/model/release.hpp"
#include "krgboot/model/root_scheme.hpp"
#include "krgboot/services/services.hpp"

#include "bind.hpp"

namespace krgboot::bindings {

namespace {

void bind_release(py::module_& m) {
  py::native_enum<ReleaseName>(m, "ReleaseName", "enum.Enum", "The Debian releases that krgboot supports.")
      .value("lenny", ReleaseName::lenny)
      .value("bookworm", ReleaseName::bookworm)
      .value("trixie", ReleaseName::trixie)
      .finalize();
  py::class_<Release>(m, "Release", "Differences between Debian releases that matter for images and servers.")
      .def_readonly("name", &Release::name)
      .def_readonly("codename", &Release::codename)
      .def_readonly("version", &Release::version)
      .def_readonly("archived", &Release::archived,
                    "Is the release only on archive mirrors, signed by expired keys?")
      .def_readonly("suites", &Release::suites)
      .def_readonly("security_suite", &Release::security_suite)
      .def_readonly("image_packages", &Release::image_packages)
      .def("__repr__", [](const Release& r) { return "<Release " + r.codename + ">"; });
  m.def("releases", &releases, "The table of releases.");
}

void bind_services(py::module_& m) {
  py::native_enum<ServiceKind>(m, "ServiceKind", "enum.Enum",
                               "The service that a program of the boot server provides.")
      .value("dhcp", ServiceKind::dhcp)
      .value("tftp", ServiceKind::tftp)
      .value("nfs", ServiceKind::nfs)
      .value("systemd", ServiceKind::units)
      .finalize();
  py::class_<ServiceName>(m, "ServiceName", "A program that krgboot configures.")
      .def_readonly("kind", &ServiceName::kind)
      .def_readonly("program", &ServiceName::program, "The program's word in the spec.")
      .def("__str__", [](const ServiceName& name) { return to_string(name); })
      .def("__repr__", [](const ServiceName& name) { return "<ServiceName " + to_journal(name) + ">"; })
      .def("__hash__", [](const ServiceName& name) { return py::hash(py::str(to_journal(name))); })
      .def(py::self == py::self);
  m.def("program_words", &program_words, py::arg("kind"),
        "The words that the spec accepts for a program of this kind: the default first, \"none\" last.");
}

void bind_parts(py::module_& m) {
  py::native_enum<RootMode> root_mode(m, "RootMode", "enum.Enum", "How nodes mount an image.");
  for (const auto& scheme : root_schemes()) root_mode.value(std::string(scheme.word).c_str(), scheme.mode);
  root_mode.finalize();
  py::native_enum<BootFileKind>(m, "BootFileKind", "enum.Enum",
                                "The property that names a node's own boot file.")
      .value("address", BootFileKind::address)
      .value("mac", BootFileKind::mac)
      .value("uuid", BootFileKind::uuid)
      .finalize();
  py::native_enum<Initramfs>(m, "Initramfs", "enum.Enum",
                             "What mounts the root: the kernel itself, or an initrd of this kind.")
      .value("none", Initramfs::none)
      .value("initramfs_tools", Initramfs::initramfs_tools)
      .value("dracut", Initramfs::dracut)
      .finalize();

  py::class_<Server>(m, "Server", "The machine that serves DHCP, TFTP and NFS.")
      .def_readonly("name", &Server::name)
      .def_readonly("address", &Server::address)
      .def_readonly("release", &Server::release)
      .def_readonly("tftp_root", &Server::tftp_root)
      .def_readonly("dhcp", &Server::dhcp)
      .def_readonly("tftp", &Server::tftp)
      .def_readonly("nfs", &Server::nfs)
      .def_readonly("extra", &Server::extra);
  py::class_<Pool>(m, "Pool", "Addresses for machines that the spec does not list.")
      .def_readonly("range", &Pool::range)
      .def_readonly("host_prefix", &Pool::host_prefix)
      .def_readonly("writable", &Pool::writable,
                    "May machines of the pool write to the writable directories of nodes?")
      .def_readonly("lease", &Pool::lease, "Lease time, in seconds.");
  py::class_<Network>(m, "Network", py::dynamic_attr(), "A network that machines boot from.")
      .def_readonly("subnet", &Network::subnet)
      .def_readonly("router", &Network::router)
      .def_readonly("dns", &Network::dns)
      .def_readonly("ntp", &Network::ntp)
      .def_readonly("pool", &Network::pool)
      .def_readonly("unknown_clients_allowed", &Network::unknown_clients_allowed)
      .def_readonly("extra", &Network::extra);
  py::native_enum<Variant>(m, "Variant", "enum.Enum", "The set of Debian packages that an image starts with.")
      .value("minbase", Variant::minbase)
      .value("important", Variant::important)
      .value("standard", Variant::standard)
      .finalize();
  py::native_enum<Trust>(m, "Trust", "enum.Enum", "What krgboot requires before it trusts a package archive.")
      .value("signature", Trust::signature)
      .value("anything", Trust::anything)
      .finalize();
  py::class_<User>(m, "User", "A user inside an image. The password hash is not exposed.")
      .def_readonly("name", &User::name)
      .def_readonly("new_uid", &User::new_uid, "The uid to assign if the image does not have this user yet.")
      .def_readonly("uid", &User::uid, "The uid in the spec; None: keep the image's uid.")
      .def_readonly("home", &User::home)
      .def_readonly("shell", &User::shell)
      .def_readonly("groups", &User::groups)
      .def_readonly("ssh_authorized_keys", &User::ssh_authorized_keys)
      .def("__repr__", [](const User& u) { return "<User " + u.name + ">"; });
  py::native_enum<Squash>(m, "Squash", "enum.Enum", "Which users the server maps to nobody, see exports(5).")
      .value("no_root_squash", Squash::no_root_squash)
      .value("root_squash", Squash::root_squash)
      .value("all_squash", Squash::all_squash)
      .finalize();
  py::native_enum<SecurityFlavor>(m, "SecurityFlavor", "enum.Enum", "`sec=` of exports(5).")
      .value("sys", SecurityFlavor::sys)
      .value("krb5", SecurityFlavor::krb5)
      .value("krb5i", SecurityFlavor::krb5i)
      .value("krb5p", SecurityFlavor::krb5p)
      .finalize();
  py::class_<ExportRules>(m, "ExportRules", "Export options of a directory, apart from ro and rw.")
      .def_readonly("squash", &ExportRules::squash)
      .def_readonly("sec", &ExportRules::sec)
      .def_readonly("secure", &ExportRules::secure);
  py::class_<WritableDirectory>(m, "WritableDirectory",
                                "A directory of a read-only image that nodes mount read-write.")
      .def_readonly("path", &WritableDirectory::path)
      .def_readonly("rules", &WritableDirectory::rules)
      .def("__repr__", [](const WritableDirectory& w) { return "<WritableDirectory " + w.path + ">"; });
  py::native_enum<SshHostKeyPlace>(m, "SshHostKeyPlace", "enum.Enum",
                                   "Where ssh host keys belong: shared by the image, or made at each boot.")
      .value("image", SshHostKeyPlace::image)
      .value("boot", SshHostKeyPlace::boot)
      .finalize();
  py::native_enum<FileSystemType>(m, "FileSystemType", "enum.Enum")
      .value("ext4", FileSystemType::ext4)
      .value("xfs", FileSystemType::xfs)
      .value("btrfs", FileSystemType::btrfs)
      .finalize();
  py::class_<FileSystem>(m, "FileSystem", "A dedicated file system for one image.")
      .def_readonly("size", &FileSystem::size, "In bytes.")
      .def_readonly("type", &FileSystem::type)
      .def_readonly("file", &FileSystem::file,
                    "The file that holds the file system; empty if it is on a volume.")
      .def_readonly("volume", &FileSystem::volume)
      .def_property_readonly("device", &FileSystem::device, "The device or file to mount.");
  py::class_<Image>(m, "ImageEntry", py::dynamic_attr(),
                    "The spec's entry for one image: a directory tree that nodes mount as / over NFS.")
      .def_readonly("name", &Image::name)
      .def_readonly("path", &Image::path)
      .def_readonly("release", &Image::release)
      .def_readonly("root", &Image::root)
      .def_readonly("rules", &Image::rules, "Export options of the image's root.")
      .def_readonly("writable", &Image::writable)
      .def_readonly(
          "shares_file_system", &Image::shares_file_system,
          "The reason that the spec gives for sharing a file system with other data; None: not allowed.")
      .def_readonly("filesystem", &Image::filesystem)
      .def_readonly("ssh_host_keys", &Image::ssh_host_keys)
      .def_readonly("tmpfs", &Image::tmpfs)
      .def_readonly("source", &Image::source)
      .def_readonly("mirror", &Image::mirror)
      .def_readonly("security_mirror", &Image::security_mirror)
      .def_readonly("suites", &Image::suites)
      .def_readonly("trust", &Image::trust)
      .def_readonly("architecture", &Image::architecture)
      .def_readonly("variant", &Image::variant)
      .def_readonly("users", &Image::users)
      .def_readonly("components", &Image::components)
      .def_readonly("packages", &Image::packages)
      .def_readonly("locale", &Image::locale)
      .def_readonly("clients", &Image::clients);
  py::class_<KerrighedTools>(m, "KerrighedTools",
                             "Settings in the configuration files of kerrighed-tools in an image.")
      .def_readonly("install", &KerrighedTools::install)
      .def_readonly("boot_id", &KerrighedTools::boot_id)
      .def_readonly("net_devices", &KerrighedTools::net_devices)
      .def_readonly("add_opts", &KerrighedTools::add_opts)
      .def_readonly("legacy_sched", &KerrighedTools::legacy_sched)
      .def_readonly("host_extra", &KerrighedTools::host_extra)
      .def_readonly("init_helper", &KerrighedTools::init_helper);
  py::class_<Kerrighed>(m, "Kerrighed")
      .def_readonly("tools", &Kerrighed::tools)
      .def_readonly("session_id", &Kerrighed::session_id)
      .def_readonly("autonodeid", &Kerrighed::autonodeid)
      .def_readonly("nb_nodes_min", &Kerrighed::nb_nodes_min);
  py::class_<BootEntry>(
      m, "BootEntry", py::dynamic_attr(),
      "A named combination of kernel, initrd, command line and image; one entry of the loader's menu.")
      .def_readonly("name", &BootEntry::name)
      .def_readonly("kernel", &BootEntry::kernel)
      .def_readonly("initrd", &BootEntry::initrd)
      .def_readonly("initramfs", &BootEntry::initramfs)
      .def_readonly("append", &BootEntry::append)
      .def_readonly("kerrighed", &BootEntry::kerrighed)
      .def_readonly("extra", &BootEntry::extra)
      .def("__repr__", [](const BootEntry& b) { return "<BootEntry " + b.name + ">"; });
  py::class_<Node>(m, "Node", py::dynamic_attr(), "A diskless machine.")
      .def_readonly("name", &Node::name)
      .def_readonly("address", &Node::address)
      .def_readonly("entry", &Node::entry, "Index of the `nodes:` entry that defines the node.")
      .def_readonly("boot_file", &Node::boot_file)
      .def_readonly("mac", &Node::mac)
      .def_readonly("uuid", &Node::uuid)
      .def_readonly("node_id", &Node::node_id)
      .def_readonly("append", &Node::append)
      .def("__repr__",
           [](const Node& n) { return "<Node " + n.name.to_string() + " " + n.address.to_string() + ">"; });
}

}  // namespace

void bind_model(py::module_& m) {
  bind_release(m);
  bind_services(m);
  bind_parts(m);
  constexpr auto inside = py::return_value_policy::reference_internal;
  py::class_<Cluster>(m, "Cluster",
                      "A validated cluster.yaml: always valid and immutable. Made by load() and loads().")
      .def_property_readonly("name", &Cluster::name)
      .def_property_readonly("domain", &Cluster::domain)
      .def_property_readonly("server", &Cluster::server, inside)
      .def_property_readonly("server_release", &Cluster::server_release, py::return_value_policy::reference,
                             "The entry of releases() that determines the server's paths.")
      .def_property_readonly("warnings", &Cluster::warnings, "The warnings of validation.")
      .def("needs_own_boot_file", &Cluster::needs_own_boot_file, py::arg("node"),
           "Does this node need its own boot file because the default one would boot it differently?")
      .def(
          "boot_file_name",
          [](const Cluster& cluster, const Node& node) { return boot_file_name(cluster, node); },
          py::arg("node"), "Name of the node's own boot file.")
      .def(
          "boot_file_path",
          [](const Cluster& cluster, const Node& node) { return boot_file_path(cluster, node); },
          py::arg("node"), "Path of the node's own boot file, below the TFTP root.")
      .def_property_readonly(
          "default_boot_file_path", [](const Cluster& cluster) { return default_boot_file_path(cluster); },
          "Path, below the TFTP root, of the boot file for machines that have no own boot file.")
      .def_property_readonly(
          "boot_program_path", [](const Cluster& cluster) { return boot_program_path(cluster); },
          "Path, below the TFTP root, of the boot loader that machines fetch first.")
      .def(
          "config_file",
          [](const Cluster& cluster, ServiceKind kind) { return config_file(cluster.server(), kind); },
          py::arg("kind"),
          "Path of the main configuration file of the server's program of this kind; None: the server runs "
          "none.")
      .def("__repr__", [](const Cluster& cluster) {
        return "<Cluster " + cluster.name() + ": " + std::to_string(cluster.nodes().size()) + " nodes>";
      });
}

}  // namespace krgboot::bindings
