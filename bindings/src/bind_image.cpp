#include "krgboot/image/initramfs.hpp"
#include "krgboot/image/kernels.hpp"

#include "bind.hpp"

namespace krgboot::bindings {

namespace {

void bind_kernels(py::module_& m) {
  py::native_enum<Presence>(m, "Presence", "enum.Enum", "How a kernel comes to something that it needs.")
      .value("builtin", Presence::builtin)
      .value("initramfs", Presence::initramfs)
      .value("module", Presence::module)
      .value("absent", Presence::absent)
      .value("unknown", Presence::unknown)
      .finalize();
  py::class_<Kernel>(m, "Kernel", "One kernel of an image; all paths as seen inside of it.")
      .def_readonly("version", &Kernel::version, "As uname -r would say.")
      .def_readonly("file", &Kernel::file, "Below /boot.")
      .def_readonly("initrd", &Kernel::initrd, "Below /boot; None where none of this version lies there.")
      .def_readonly("config", &Kernel::config, "/boot/config-VERSION; None where it is not there.")
      .def_readonly("modules", &Kernel::modules, "Is there a /lib/modules/VERSION/modules.dep?")
      .def("__repr__", [](const Kernel& k) { return "<Kernel " + k.version + ">"; });
  py::class_<NfsRootSupport>(m, "NfsRootSupport", "What a machine needs to get its root over NFS.")
      .def_readonly("network_driver", &NfsRootSupport::network_driver)
      .def_readonly("ip_autoconfiguration", &NfsRootSupport::ip_autoconfiguration)
      .def_readonly("nfs", &NfsRootSupport::nfs)
      .def_readonly("nfs_root", &NfsRootSupport::nfs_root)
      .def_readonly("overlay", &NfsRootSupport::overlay)
      .def_readonly("drivers", &NfsRootSupport::drivers, "Of network cards, as far as they serve.");
  py::class_<KernelCheck>(m, "KernelCheck", "What a kernel has for a root over NFS, and what it lacks.")
      .def_readonly("kernel", &KernelCheck::kernel)
      .def_readonly("support", &KernelCheck::support)
      .def_readonly("findings", &KernelCheck::findings)
      .def("__bool__", [](const KernelCheck& check) { return !has_errors(check.findings); })
      .def("to_json", [](const KernelCheck& check) { return to_json(check); });
}

/// `path` beneath `root`, which confines it.
struct ImageTree {
  Root root;
};

void bind_tree(py::module_& m) {
  py::class_<ImageTree>(m, "Image",
                        "A directory tree that nodes mount as / over NFS. No link in it leads outside; paths "
                        "are as seen inside.")
      .def(py::init([](const std::filesystem::path& path, const std::filesystem::path& root) {
             Root beneath(root.string());
             return ImageTree{beneath.beneath(std::filesystem::absolute(path).lexically_normal().string())};
           }),
           py::arg("path"), py::arg("root") = "/",
           "The tree at `path`, absolute as seen inside `root`; a relative path begins at the working "
           "directory. "
           "Raises\nArgumentError, IoError.")
      .def_property_readonly(
          "path", [](const ImageTree& tree) { return tree.root.host_path(); }, "The host's path.")
      .def("__repr__", [](const ImageTree& tree) { return "<Image " + tree.root.host_path() + ">"; })
      .def(
          "kernels", [](const ImageTree& tree) { return list_kernels(tree.root); },
          py::call_guard<py::gil_scoped_release>(),
          "Every vmlinuz-* and vmlinux-* in /boot that is a file, oldest version first. Raises IoError.")
      .def(
          "find_kernel",
          [](const ImageTree& tree, const std::string& file) { return find_kernel(tree.root, file); },
          py::arg("file"), py::call_guard<py::gil_scoped_release>(),
          "A file below /boot, whatever its name; None where there is none. Raises ArgumentError, IoError.")
      .def(
          "check_kernel",
          [](const ImageTree& tree, const Kernel& kernel, const std::optional<std::string>& initrd,
             Initramfs initramfs, const std::optional<Kerrighed>& kerrighed) {
            return check_kernel(tree.root, kernel, initrd, initramfs, kerrighed);
          },
          py::arg("kernel"), py::arg("initrd"), py::arg("initramfs"), py::arg("kerrighed") = std::nullopt,
          py::call_guard<py::gil_scoped_release>(),
          "Can machines boot this kernel with their root over NFS, in the way of `initramfs`? `initrd` is "
          "the file "
          "below\n/boot that they load. Raises IoError, and ArchiveError for an initrd that cannot be read.")
      .def(
          "list_initramfs",
          [](const ImageTree& tree, const std::string& path) {
            std::vector<std::string> names;
            {
              py::gil_scoped_release release;
              names = list_initramfs(tree.root, path);
            }
            std::vector<py::str> texts;
            texts.reserve(names.size());
            for (const auto& name : names) texts.push_back(text_of(name));
            return texts;
          },
          py::arg("path"),
          "The names of everything in an initial RAM file system, sorted. Raises IoError, ArchiveError.");
}

}  // namespace

void bind_image(py::module_& m) {
  bind_kernels(m);
  bind_tree(m);
}

}  // namespace krgboot::bindings
