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

using OnProgress = std::optional<std::function<void(const Progress&)>>;

/// Ctrl-C and an exception of the callback end the work, which then leaves everything as it was.
ProgressCallback progress_of(const OnProgress& on_progress) {
  return [on_progress](const Progress& progress) {
    py::gil_scoped_acquire acquire;
    unless_interrupted();
    if (on_progress) (*on_progress)(progress);
    return true;
  };
}

void bind_reports(py::module_& m) {
  py::class_<Progress>(m, "Progress", "How far long work on a tree has come.")
      .def_readonly("entries", &Progress::entries, "Names dealt with.")
      .def_readonly("bytes", &Progress::bytes, "Bytes of regular files dealt with.")
      .def_property_readonly(
          "path", [](const Progress& p) { return p.path; }, "The last of the names.");
  py::native_enum<Compression>(m, "Compression", "enum.Enum")
      .value("none", Compression::none)
      .value("gzip", Compression::gzip)
      .value("xz", Compression::xz)
      .value("zstd", Compression::zstd)
      .finalize();
  py::native_enum<InsideNetwork>(m, "InsideNetwork", "enum.Enum", "What a program inside an image reaches.")
      .value("none", InsideNetwork::none, "A loopback of its own.")
      .value("outbound", InsideNetwork::outbound,
             "What this machine reaches, but nothing of it; takes slirp4netns.")
      .value("host", InsideNetwork::host, "This machine's own network.")
      .finalize();
  py::native_enum<Devices>(m, "Devices", "enum.Enum", "Which device nodes an archive may bring.")
      .value("none", Devices::none)
      .value("standard", Devices::standard)
      .value("all", Devices::all)
      .finalize();
  py::class_<ArchiveReport>(m, "ArchiveReport")
      .def_readonly("entries", &ArchiveReport::entries)
      .def_readonly("bytes", &ArchiveReport::bytes, "Of regular files.")
      .def_readonly("archive_size", &ArchiveReport::archive_size, "Bytes of the archive.")
      .def_readonly("warnings", &ArchiveReport::warnings);
  py::class_<CloneReport>(m, "CloneReport")
      .def_readonly("entries", &CloneReport::entries)
      .def_readonly("bytes", &CloneReport::bytes, "Of regular files, holes counted.")
      .def_readonly("shared_bytes", &CloneReport::shared_bytes,
                    "Of them those whose blocks both trees share.")
      .def_readonly("warnings", &CloneReport::warnings);
  py::class_<RestoreReport>(m, "RestoreReport")
      .def_readonly("entries", &RestoreReport::entries)
      .def_readonly("bytes", &RestoreReport::bytes, "Of regular files, holes counted.")
      .def_readonly("verified", &RestoreReport::verified, "It agrees with a manifest.")
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
      .def_readonly("fields", &TreeDifference::fields, "Of a changed entry.")
      .def("__str__", [](const TreeDifference& d) { return to_string(d); });
  py::class_<DifferenceReport>(m, "DifferenceReport", "What two trees differ in; false where they do not.")
      .def_readonly("entries", &DifferenceReport::entries)
      .def_readonly("bytes", &DifferenceReport::bytes)
      .def_readonly("count", &DifferenceReport::count, "Of differences; the list may be shorter.")
      .def_readonly("differences", &DifferenceReport::differences)
      .def_readonly("warnings", &DifferenceReport::warnings)
      .def("__bool__", [](const DifferenceReport& report) { return !report.same(); })
      .def("to_json", [](const DifferenceReport& report) { return to_json(report); });
  py::class_<CommandResult>(m, "CommandResult", "How a program ended.")
      .def_readonly("status", &CommandResult::status, "Exit status, or 128 + signal.")
      .def_property_readonly(
          "output", [](const CommandResult& r) { return r.output; }, "The last lines.")
      .def_readonly("timed_out", &CommandResult::timed_out)
      .def_property_readonly(
          "stdout", [](const CommandResult& r) { return py::bytes(r.output); },
          "The end of standard output as bytes; with standard error in it, where that is merged.")
      .def_property_readonly(
          "stderr", [](const CommandResult& r) { return py::bytes(r.errors); },
          "The end of standard error as bytes; empty where it is merged.")
      .def("__bool__", [](const CommandResult& r) { return r.status == 0; });
}

using OnBytes = std::optional<std::function<void(const py::bytes&)>>;

/// With the GIL for as long as the callback runs.
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
    "Run a program inside, as chroot does, in namespaces of its own: with /proc, /sys, a minimal /dev and "
    "name\n"
    "servers, all gone when it ends; no service starts, and nothing of the host is reached.\n\n"
    "environment: set beside a clean one. working_directory: as seen inside. locale: LC_ALL; empty: the "
    "image's "
    "own.\n"
    "input: bytes for its standard input; or stdin: a descriptor to read it from, as the end of a pipe, "
    "which "
    "the\n"
    "program gets a copy of. merge_stderr: standard error goes the way of standard output; else it is kept "
    "apart.\n"
    "output_limit: how many bytes of each to keep in the result: the last lines that fit. timeout: seconds, "
    "then the\n"
    "program is ended. on_line: called with each line of standard output; on_stdout, on_stderr: with the "
    "bytes "
    "as they\n"
    "come. An exception from any of them ends the program.\n\n"
    "Returns a CommandResult. A failing program is no error: see status. Raises ArgumentError, IoError where "
    "the system does not "
    "allow it.";

constexpr const char* archive_doc =
    "Write the tree to `file` as tar (pax): plain, gzip, xz or zstd by the name. The same tree gives the "
    "same "
    "bytes.\n\n"
    "level: of the compressor. threads: 0: one a processor. manifest: also write FILE.manifest. replace: an "
    "existing file.\n"
    "tolerate_changes: a file that changes while it is read is a warning. progress: called with a Progress; "
    "an "
    "exception\nfrom it ends the work. allow_loss: files that are mounted by themselves are left out with a "
    "warning, not an error.\noutput_mode: permissions of both files, whatever the umask.\n\n"
    "Raises ArgumentError, ArchiveError, ConflictError, IoError; then there is no new archive.";

void bind_tree(py::module_& m) {
  py::class_<ImageTree>(m, "Image",
                        "A directory tree that nodes mount as / over NFS. No link in it leads outside; paths "
                        "are as seen inside.")
      .def(py::init([](const std::filesystem::path& path, const std::filesystem::path& root) {
             Root beneath(root);
             return ImageTree{beneath.beneath(std::filesystem::absolute(path).lexically_normal().string())};
           }),
           py::arg("path"), py::arg("root") = "/",
           "The tree at `path`, absolute as seen inside `root`; a relative path begins at the working "
           "directory. "
           "Raises\nArgumentError, IoError.")
      .def_property_readonly(
          "path", [](const ImageTree& tree) { return tree.root.host_path(); }, "The host's path.")
      .def("__repr__", [](const ImageTree& tree) { return "<Image " + tree.root.host_path().native() + ">"; })
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
            py::gil_scoped_release release;
            return list_initramfs(tree.root, path);
          },
          py::arg("path"),
          "The names of everything in an initial RAM file system, sorted. Raises IoError, ArchiveError.")
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
          "Is there a directory at `path`, absolute as seen inside `root`? Raises ArgumentError, IoError.")
      .def(
          "__fspath__", [](const ImageTree& tree) { return tree.root.host_path().native(); },
          "The host's path.")
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
          "The same for a shell, with a terminal of its own that is copied to and from the caller's. Its "
          "exit "
          "status,\nor 128 + signal. Raises IoError where standard input is no terminal.")
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
          "What is different in the tree from what a manifest (a host path) says. Raises ArchiveError, "
          "IoError.");
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
      "Make the directory `path` inside `root` a copy of the tree with all that an archive keeps; blocks are "
      "shared\n"
      "where the file system can. replace, progress: see restore_image. allow_loss: see there, and files "
      "that "
      "are mounted by\nthemselves are left out with a warning, too. Raises ArchiveError, "
      "ConflictError,\nIoError; then nothing was made.");
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
      "Unpack a tar archive as the directory `path` inside `root`, which appears by one rename when all is "
      "right.\n\n"
      "devices: which device nodes it may bring; None: the standard ones. replace: an existing directory. "
      "allow_loss: owners, modes, "
      "nodes and\n"
      "attributes that cannot be given are a warning, not an error. manifest: what the result must agree "
      "with; None:\n"
      "FILE.manifest, if there is one. max_entries, max_bytes: more is refused; None: 500000, and 256 GiB of "
      "files.\n"
      "progress: called with a Progress; an exception from it ends the "
      "work.\n\n"
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
      "What `after` has that is different from `before`: each a directory, an archive or a manifest. Raises "
      "ArchiveError,\nIoError.");
}

}  // namespace

void bind_image(py::module_& m) {
  bind_kernels(m);
  bind_reports(m);
  bind_tree(m);
}

}  // namespace krgboot::bindings
