#include "krgboot/image/initramfs.hpp"
#include "krgboot/image/kernels.hpp"
#include "krgboot/system/inside.hpp"
#include "krgboot/tree/archive.hpp"
#include "krgboot/tree/clone.hpp"
#include "krgboot/tree/diff.hpp"
#include "krgboot/tree/restore.hpp"
#include "krgboot/tree/verify.hpp"

#include <map>

#include "bind.hpp"

namespace krgboot::bindings {

namespace {

void bind_kernels(py::module_& m) {
  py::native_enum<Presence>(m, "Presence", "enum.Enum", "Where a kernel finds a feature that it needs.")
      .value("builtin", Presence::builtin)
      .value("initramfs", Presence::initramfs)
      .value("module", Presence::module)
      .value("absent", Presence::absent)
      .value("unknown", Presence::unknown)
      .finalize();
  py::class_<Kernel>(m, "Kernel", "One kernel of an image; all paths are as seen inside the image.")
      .def_readonly("version", &Kernel::version, "The version that uname -r prints.")
      .def_readonly("file", &Kernel::file, "Path of the kernel file below /boot.")
      .def_readonly("initrd", &Kernel::initrd,
                    "Path of the initrd below /boot; None if there is none of this version.")
      .def_readonly("config", &Kernel::config, "/boot/config-VERSION; None if it does not exist.")
      .def_readonly("modules", &Kernel::modules, "Does /lib/modules/VERSION/modules.dep exist?")
      .def("__repr__", [](const Kernel& k) { return "<Kernel " + k.version + ">"; });
  py::class_<NfsRootSupport>(m, "NfsRootSupport", "The features that an NFS root needs.")
      .def_readonly("network_driver", &NfsRootSupport::network_driver)
      .def_readonly("ip_autoconfiguration", &NfsRootSupport::ip_autoconfiguration)
      .def_readonly("nfs", &NfsRootSupport::nfs)
      .def_readonly("nfs_root", &NfsRootSupport::nfs_root)
      .def_readonly("overlay", &NfsRootSupport::overlay)
      .def_readonly("drivers", &NfsRootSupport::drivers, "The usable network card drivers.");
  py::class_<KernelCheck>(m, "KernelCheck",
                          "Which features for an NFS root a kernel has, and which it lacks.")
      .def_readonly("kernel", &KernelCheck::kernel)
      .def_readonly("support", &KernelCheck::support)
      .def_readonly("findings", &KernelCheck::findings)
      .def("__bool__", [](const KernelCheck& check) { return !has_errors(check.findings); })
      .def("to_json", [](const KernelCheck& check) { return to_json(check); });
}

/// An image; `root` confines all path lookups to its tree.
struct ImageTree {
  Root root;
};

using OnProgress = std::optional<std::function<void(const Progress&)>>;

/// Ctrl-C and an exception from the callback cancel the work, which then leaves everything unchanged.
ProgressCallback progress_of(const OnProgress& on_progress) {
  return [on_progress](const Progress& progress) {
    py::gil_scoped_acquire acquire;
    unless_interrupted();
    if (on_progress) (*on_progress)(progress);
    return true;
  };
}

void bind_reports(py::module_& m) {
  py::class_<Progress>(m, "Progress", "Progress of a long operation on a tree.")
      .def_readonly("entries", &Progress::entries, "Number of processed entries.")
      .def_readonly("bytes", &Progress::bytes, "Processed bytes of regular files.")
      .def_property_readonly(
          "path", [](const Progress& p) { return p.path; }, "The last processed entry.");
  py::native_enum<Compression>(m, "Compression", "enum.Enum")
      .value("none", Compression::none)
      .value("gzip", Compression::gzip)
      .value("xz", Compression::xz)
      .value("zstd", Compression::zstd)
      .finalize();
  py::native_enum<InsideNetwork>(m, "InsideNetwork", "enum.Enum",
                                 "The network that a program inside an image can reach.")
      .value("none", InsideNetwork::none, "Only its own loopback interface.")
      .value("outbound", InsideNetwork::outbound,
             "What this machine can reach, but not the machine itself; needs slirp4netns.")
      .value("host", InsideNetwork::host, "This machine's network.")
      .finalize();
  py::native_enum<Devices>(m, "Devices", "enum.Enum", "Which device nodes an archive may contain.")
      .value("none", Devices::none)
      .value("standard", Devices::standard)
      .value("all", Devices::all)
      .finalize();
  py::class_<ArchiveReport>(m, "ArchiveReport")
      .def_readonly("entries", &ArchiveReport::entries)
      .def_readonly("bytes", &ArchiveReport::bytes, "Bytes of regular files.")
      .def_readonly("archive_size", &ArchiveReport::archive_size, "Size of the archive in bytes.")
      .def_readonly("warnings", &ArchiveReport::warnings);
  py::class_<CloneReport>(m, "CloneReport")
      .def_readonly("entries", &CloneReport::entries)
      .def_readonly("bytes", &CloneReport::bytes, "Bytes of regular files, including holes.")
      .def_readonly("shared_bytes", &CloneReport::shared_bytes, "Bytes whose blocks both trees share.")
      .def_readonly("warnings", &CloneReport::warnings);
  py::class_<RestoreReport>(m, "RestoreReport")
      .def_readonly("entries", &RestoreReport::entries)
      .def_readonly("bytes", &RestoreReport::bytes, "Bytes of regular files, including holes.")
      .def_readonly("verified", &RestoreReport::verified, "The tree matches a manifest.")
      .def_readonly("warnings", &RestoreReport::warnings);
  py::class_<FieldDifference>(m, "FieldDifference", "One property of an entry that differs.")
      .def_readonly("field", &FieldDifference::field)
      .def_property_readonly("expected", [](const FieldDifference& d) { return d.expected; })
      .def_property_readonly("found", [](const FieldDifference& d) { return d.found; });
  py::native_enum<TreeDifference::Kind>(m, "DifferenceKind", "enum.Enum")
      .value("missing", TreeDifference::Kind::missing)
      .value("unexpected", TreeDifference::Kind::unexpected)
      .value("changed", TreeDifference::Kind::changed)
      .finalize();
  py::class_<TreeDifference>(m, "TreeDifference")
      .def_readonly("kind", &TreeDifference::kind)
      .def_property_readonly("path", [](const TreeDifference& d) { return d.path; })
      .def_readonly("fields", &TreeDifference::fields, "The differing properties of a changed entry.")
      .def("__str__", [](const TreeDifference& d) { return to_string(d); });
  py::class_<DifferenceReport>(m, "DifferenceReport",
                               "The differences between two trees; false if there are none.")
      .def_readonly("entries", &DifferenceReport::entries)
      .def_readonly("bytes", &DifferenceReport::bytes)
      .def_readonly("count", &DifferenceReport::count, "Number of differences; the list may be shorter.")
      .def_readonly("differences", &DifferenceReport::differences)
      .def_readonly("warnings", &DifferenceReport::warnings)
      .def("__bool__", [](const DifferenceReport& report) { return !report.same(); })
      .def("to_json", [](const DifferenceReport& report) { return to_json(report); });
  py::class_<CommandResult>(m, "CommandResult", "Result of a program.")
      .def_readonly("status", &CommandResult::status, "Exit status, or 128 + signal.")
      .def_property_readonly(
          "output", [](const CommandResult& r) { return r.output; }, "The last lines of output.")
      .def_readonly("timed_out", &CommandResult::timed_out)
      .def_property_readonly(
          "stdout", [](const CommandResult& r) { return py::bytes(r.output); },
          "The end of standard output, as bytes; includes standard error if merged.")
      .def_property_readonly(
          "stderr", [](const CommandResult& r) { return py::bytes(r.errors); },
          "The end of standard error, as bytes; empty if merged.")
      .def("__bool__", [](const CommandResult& r) { return r.status == 0; });
}

using OnBytes = std::optional<std::function<void(const py::bytes&)>>;

/// Holds the GIL while the callback runs.
std::function<void(std::string_view)> passing_bytes(const OnBytes& callback) {
  if (!callback) return nullptr;
  return [&callback](std::string_view bytes) {
    py::gil_scoped_acquire acquire;
    (*callback)(py::bytes(bytes.data(), bytes.size()));
  };
}

CommandResult run_in(const ImageTree& tree, const std::vector<std::string>& argv,
                     const std::map<std::string, std::string>& environment,
                     const std::string& working_directory, const std::string& locale, InsideNetwork network,
                     const py::bytes& input, std::optional<int> stdin_descriptor, bool merge_stderr,
                     std::size_t output_limit, std::optional<double> timeout,
                     const std::optional<std::function<void(const std::string&)>>& on_line,
                     const OnBytes& on_stdout, const OnBytes& on_stderr) {
  InsideOptions options;
  options.run.input_descriptor = stdin_descriptor.value_or(-1);
  options.run.merge_stderr = merge_stderr;
  options.run.output_limit = output_limit;
  options.run.on_output = passing_bytes(on_stdout);
  options.run.on_errors = passing_bytes(on_stderr);
  options.locale = locale;
  options.network = network;
  options.run.input = input;
  options.run.environment.assign(environment.begin(), environment.end());
  options.run.working_directory = working_directory;
  options.run.timeout = milliseconds_of(timeout);
  if (on_line) {
    options.run.on_line = [&](std::string_view line) {
      py::gil_scoped_acquire acquire;
      (*on_line)(std::string(line));
    };
  }
  options.run.keep_running = unless_interrupted;
  py::gil_scoped_release release;
  return run_inside(tree.root, argv, options);
}

constexpr const char* run_doc =
    "Run a program inside the image, as chroot does, but in new namespaces with /proc, /sys, a minimal /dev "
    "and\n"
    "name servers, all removed when the program ends. No service starts; the host is not reachable.\n\n"
    "environment: variables to add to a clean environment. working_directory: as seen inside. locale: "
    "LC_ALL;\n"
    "empty: the image's own. input: bytes for standard input; or stdin: a descriptor, such as the end of a "
    "pipe,\n"
    "that the program gets a copy of as standard input. merge_stderr: send standard error to standard "
    "output; else\n"
    "keep it separate. output_limit: bytes of each stream to keep in the result: the last lines that fit. "
    "timeout:\n"
    "seconds after which the program is killed. on_line: called with each line of standard output; "
    "on_stdout,\n"
    "on_stderr: called with the bytes as they arrive. An exception from any of them kills the program.\n\n"
    "Returns a CommandResult. A failing program does not raise: see status. Raises ArgumentError, and "
    "IoError if\n"
    "the system does not allow it.";

constexpr const char* archive_doc =
    "Write the tree to `file` as tar (pax); the file name selects plain, gzip, xz or zstd. The same tree "
    "gives the\n"
    "same bytes.\n\n"
    "level: compression level. threads: 0: one per processor. manifest: also write FILE.manifest. replace: "
    "replace\n"
    "an existing file. tolerate_changes: report a file that changes while it is read as a warning, not an "
    "error.\n"
    "allow_loss: omit files that are mount points with a warning, not an error. output_mode: permissions of "
    "both\n"
    "files, independent of the umask. progress: called with a Progress; an exception from it cancels the "
    "work.\n\n"
    "Raises ArgumentError, ArchiveError, ConflictError, IoError; then there is no new archive.";

void bind_tree(py::module_& m) {
  py::class_<ImageTree>(m, "Image",
                        "A directory tree that nodes mount as / over NFS. Symlinks are resolved inside the "
                        "tree; paths are as seen\n"
                        "inside.")
      .def(py::init([](const std::filesystem::path& path, const std::filesystem::path& root) {
             Root beneath(root);
             return ImageTree{beneath.beneath(std::filesystem::absolute(path).lexically_normal().string())};
           }),
           py::arg("path"), py::arg("root") = "/",
           "The tree at `path`, absolute as seen inside `root`; a relative path starts at the working "
           "directory. Raises\n"
           "ArgumentError, IoError.")
      .def_property_readonly(
          "path", [](const ImageTree& tree) { return tree.root.host_path(); }, "The path on the host.")
      .def("__repr__", [](const ImageTree& tree) { return "<Image " + tree.root.host_path().native() + ">"; })
      .def(
          "kernels", [](const ImageTree& tree) { return list_kernels(tree.root); },
          py::call_guard<py::gil_scoped_release>(),
          "Every regular file /boot/vmlinuz-* and /boot/vmlinux-*, oldest version first. Raises IoError.")
      .def(
          "find_kernel",
          [](const ImageTree& tree, const std::string& file) { return find_kernel(tree.root, file); },
          py::arg("file"), py::call_guard<py::gil_scoped_release>(),
          "The kernel in a file of any name below /boot; None if the file does not exist. Raises "
          "ArgumentError, IoError.")
      .def(
          "check_kernel",
          [](const ImageTree& tree, const Kernel& kernel, const std::optional<std::string>& initrd,
             Initramfs initramfs, const std::optional<Kerrighed>& kerrighed) {
            return check_kernel(tree.root, kernel, initrd, initramfs, kerrighed);
          },
          py::arg("kernel"), py::arg("initrd"), py::arg("initramfs"), py::arg("kerrighed") = std::nullopt,
          py::call_guard<py::gil_scoped_release>(),
          "Check whether machines can boot this kernel with an NFS root that `initramfs` mounts. `initrd` is "
          "the file\n"
          "below /boot that they load. Raises IoError, and ArchiveError for an unreadable initrd.")
      .def(
          "list_initramfs",
          [](const ImageTree& tree, const std::string& path) {
            py::gil_scoped_release release;
            return list_initramfs(tree.root, path);
          },
          py::arg("path"),
          "The sorted names of all entries of an initial RAM file system. Raises IoError, ArchiveError.")
      .def("run", &run_in, py::arg("argv"), py::kw_only(),
           py::arg("environment") = std::map<std::string, std::string>(), py::arg("working_directory") = "/",
           py::arg("locale") = "C", py::arg_v("network", InsideNetwork::none, "InsideNetwork.none"),
           py::arg("input") = py::bytes(), py::arg("stdin") = std::nullopt, py::arg("merge_stderr") = true,
           py::arg("output_limit") = RunOptions().output_limit, py::arg("timeout") = std::nullopt,
           py::arg("on_line") = std::nullopt, py::arg("on_stdout") = std::nullopt,
           py::arg("on_stderr") = std::nullopt, run_doc)
      .def_static(
          "exists",
          [](const std::filesystem::path& path, const std::filesystem::path& root) {
            auto place = std::filesystem::absolute(path).lexically_normal().string();
            py::gil_scoped_release release;
            auto status = Root(root).status_through_links(place);
            return status && status->kind == FileKind::directory;
          },
          py::arg("path"), py::arg("root") = "/",
          "Is `path`, absolute as seen inside `root`, a directory? Raises ArgumentError, IoError.")
      .def(
          "__fspath__", [](const ImageTree& tree) { return tree.root.host_path().native(); },
          "The path on the host.")
      .def(
          "run_terminal",
          [](const ImageTree& tree, const std::vector<std::string>& argv, const std::string& locale,
             InsideNetwork network) {
            InsideOptions options;
            options.locale = locale;
            options.network = network;
            options.noninteractive = false;
            return run_inside_terminal(tree.root, argv, options);
          },
          py::arg("argv"), py::kw_only(), py::arg("locale") = "C",
          py::arg_v("network", InsideNetwork::none, "InsideNetwork.none"),
          py::call_guard<py::gil_scoped_release>(),
          "Run a shell inside the image like `run`, on a new terminal that is connected to the caller's. "
          "Returns its\n"
          "exit status, or 128 + signal. Raises IoError if standard input is not a terminal.")
      .def(
          "archive",
          [](const ImageTree& tree, const std::filesystem::path& file, std::optional<int> level,
             unsigned threads, bool manifest, bool replace, bool tolerate_changes, bool allow_loss,
             unsigned output_mode, const OnProgress& progress) {
            ArchiveOptions options;
            options.newest_mtime = source_date_epoch();
            options.level = level;
            options.threads = threads;
            options.manifest = manifest;
            options.replace = replace;
            if (tolerate_changes) options.when_changed = WhenChanged::warn;
            options.allow_loss = allow_loss;
            options.output_mode = output_mode;
            options.progress = progress_of(progress);
            py::gil_scoped_release release;
            return archive(tree.root, file.string(), options);
          },
          py::arg("file"), py::kw_only(), py::arg("level") = std::nullopt, py::arg("threads") = 0,
          py::arg("manifest") = true, py::arg("replace") = false, py::arg("tolerate_changes") = false,
          py::arg("allow_loss") = false, py::arg("output_mode") = 0600, py::arg("progress") = std::nullopt,
          archive_doc)
      .def(
          "verify",
          [](const ImageTree& tree, const std::filesystem::path& manifest, const OnProgress& progress) {
            VerifyOptions options;
            options.progress = progress_of(progress);
            py::gil_scoped_release release;
            return verify_tree(tree.root, manifest, options);
          },
          py::arg("manifest"), py::kw_only(), py::arg("progress") = std::nullopt,
          "The differences between the tree and a manifest (a host path). Raises ArchiveError, IoError.");
  m.def(
      "clone_image",
      [](const ImageTree& tree, const std::filesystem::path& path, const std::filesystem::path& root,
         bool replace, bool allow_loss, const OnProgress& progress) {
        CloneOptions options;
        options.replace = replace;
        options.allow_loss = allow_loss;
        options.progress = progress_of(progress);
        auto target = std::filesystem::absolute(path).lexically_normal().string();
        py::gil_scoped_release release;
        return clone(tree.root, Root(root), target, options);
      },
      py::arg("tree"), py::arg("path"), py::kw_only(), py::arg("root") = "/", py::arg("replace") = false,
      py::arg("allow_loss") = false, py::arg("progress") = std::nullopt,
      "Copy the tree to the directory `path` inside `root`, with all metadata that an archive keeps. The "
      "copies share\n"
      "blocks if the file system supports it. replace, progress: see restore_image. allow_loss: see "
      "restore_image;\n"
      "also omits files that are mount points, with a warning. Raises ArchiveError, ConflictError, IoError; "
      "then\n"
      "nothing was made.");
  m.def(
      "restore_image",
      [](const std::filesystem::path& file, const std::filesystem::path& path,
         const std::filesystem::path& root, std::optional<Devices> devices, bool replace, bool allow_loss,
         const std::optional<std::filesystem::path>& manifest, std::optional<std::uint64_t> max_entries,
         std::optional<std::uint64_t> max_bytes, const OnProgress& progress) {
        RestoreOptions options;
        if (max_entries) options.max_entries = *max_entries;
        if (max_bytes) options.max_bytes = *max_bytes;
        if (devices) options.devices = *devices;
        options.replace = replace;
        options.allow_loss = allow_loss;
        if (manifest) options.manifest = *manifest;
        options.progress = progress_of(progress);
        auto target = std::filesystem::absolute(path).lexically_normal().string();
        py::gil_scoped_release release;
        return restore(file, Root(root), target, options);
      },
      py::arg("file"), py::arg("path"), py::kw_only(), py::arg("root") = "/",
      py::arg("devices") = std::nullopt, py::arg("replace") = false, py::arg("allow_loss") = false,
      py::arg("manifest") = std::nullopt, py::arg("max_entries") = std::nullopt,
      py::arg("max_bytes") = std::nullopt, py::arg("progress") = std::nullopt,
      "Unpack a tar archive as the directory `path` inside `root`. The complete directory appears by one "
      "rename.\n\n"
      "devices: which device nodes the archive may contain; None: the standard ones. replace: replace an "
      "existing\n"
      "directory. allow_loss: owners, modes, nodes and attributes that cannot be set are a warning, not an "
      "error.\n"
      "manifest: the manifest that the result must match; None: FILE.manifest, if it exists. max_entries, "
      "max_bytes:\n"
      "limits above which the archive is refused; None: 500000 entries, and 256 GiB of files. progress: "
      "called with a\n"
      "Progress; an exception from it cancels the work.\n\n"
      "Raises ArchiveError with the entry, ConflictError, IoError; then nothing was made.");
  m.def(
      "diff_images",
      [](const std::filesystem::path& before, const std::filesystem::path& after,
         const OnProgress& progress) {
        VerifyOptions options;
        options.progress = progress_of(progress);
        py::gil_scoped_release release;
        return diff_trees(tree_source(before), tree_source(after), options);
      },
      py::arg("before"), py::arg("after"), py::kw_only(), py::arg("progress") = std::nullopt,
      "The differences of `after` from `before`: each a directory, an archive or a manifest. Raises "
      "ArchiveError,\n"
      "IoError.");
}

}  // namespace

void bind_image(py::module_& m) {
  bind_kernels(m);
  bind_reports(m);
  bind_tree(m);
}

}  // namespace krgboot::bindings
