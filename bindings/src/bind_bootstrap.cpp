#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/image/bootstrap.hpp"
#include "krgboot/image/own_file_system.hpp"

#include "bind.hpp"

namespace krgboot::bindings {

namespace {

using OnBootstrap = std::optional<std::function<void(const BootstrapProgress&)>>;

/// `filesystem`: the image's dedicated file system, or nullptr. `plain`: use a plain directory instead.
BootstrapReport run_bootstrap(BootstrapOptions options, const std::string& target,
                              const FileSystem* filesystem, bool plain, const std::filesystem::path& root,
                              std::optional<double> timeout, const OnBootstrap& progress) {
  options.timeout = milliseconds_of(timeout);
  options.keep_running = unless_interrupted;
  if (progress) {
    options.on_progress = [&](const BootstrapProgress& now) {
      py::gil_scoped_acquire acquire;
      (*progress)(now);
    };
  }
  py::gil_scoped_release release;
  if (filesystem != nullptr && plain) return bootstrap_plain(Root(root), target, options);
  if (filesystem == nullptr) return bootstrap(Root(root), target, options);
  auto report = bootstrap_on_own(Root(root), target, *filesystem, options);
  if (!report.mounted && !report.bootstrap.cancelled) {
    report.bootstrap.warnings.push_back(
        {Severity::warning,
         "filesystem.plain_directory",
         "the image lies in a plain directory of this staged tree: " + visible(trim(report.why_not)),
         "on the server itself, image bootstrap makes the file system",
         "",
         {}});
  }
  return report.bootstrap;
}

}  // namespace

void bind_bootstrap(py::module_& m) {
  py::native_enum<BootstrapTool>(m, "BootstrapTool", "enum.Enum",
                                 "The tool that makes an image from packages.")
      .value("automatic", BootstrapTool::automatic)
      .value("mmdebstrap", BootstrapTool::mmdebstrap)
      .value("debootstrap", BootstrapTool::debootstrap)
      .finalize();
  py::class_<BootstrapProgress>(m, "BootstrapProgress", "Progress of a bootstrap.")
      .def_property_readonly("phase", [](const BootstrapProgress& p) { return to_string(p.phase); })
      .def_readonly("fraction", &BootstrapProgress::fraction, "0 to 1; never decreases.")
      .def_property_readonly(
          "line", [](const BootstrapProgress& p) { return p.line; }, "The tool's last line of output.");
  py::class_<BootstrapReport>(m, "BootstrapReport", "Report of a bootstrap.")
      .def_readonly("argv", &BootstrapReport::argv,
                    "The mmdebstrap or debootstrap command; empty if the image was made from a source.")
      .def_readonly("warnings", &BootstrapReport::warnings);
  m.def(
      "bootstrap_image",
      [](const Image& image, const std::filesystem::path& root, bool plain, std::optional<double> timeout,
         const OnBootstrap& progress) {
        const auto* filesystem = image.filesystem ? &*image.filesystem : nullptr;
        if (plain && filesystem != nullptr && Root(root).is_host()) {
          throw ArgumentError(
              "bootstrap.plain", image.name,
              "the spec gives " + image.name +
                  " a file system of its own: a plain directory is allowed only in a staged tree");
        }
        return run_bootstrap(bootstrap_options(image), image.path, filesystem, plain, root, timeout,
                             progress);
      },
      py::arg("image"), py::kw_only(), py::arg("root") = "/", py::arg("plain") = false,
      py::arg("timeout") = std::nullopt, py::arg("progress") = std::nullopt,
      "Make an image inside `root` as the spec describes it, from Debian packages or from its source. The "
      "complete\n"
      "image appears at its path by one rename. If the spec defines a dedicated file system, it is made and "
      "mounted.\n\n"
      "plain: use a plain directory instead of the dedicated file system; only in a temporary staged tree.\n"
      "timeout: seconds. progress: called with a BootstrapProgress; an exception from it cancels the "
      "work.\n\n"
      "Raises ArgumentError, ArchiveError, CommandError, ConflictError, IoError; then nothing was made.");
  m.def(
      "bootstrap_image",
      [](const std::filesystem::path& path, ReleaseName release, const std::filesystem::path& root,
         const std::optional<std::string>& mirror, const std::vector<std::string>& components,
         const std::vector<std::string>& packages, const std::string& architecture,
         const std::string& variant, bool trust_unsigned, std::optional<BootstrapTool> tool,
         std::optional<double> timeout, const OnBootstrap& progress) {
        BootstrapOptions options;
        options.release = release;
        options.mirror = mirror;
        options.components = components;
        options.packages = packages;
        options.architecture = architecture;
        options.variant = variant;
        options.trust_unsigned = trust_unsigned;
        options.tool = tool.value_or(BootstrapTool::automatic);
        auto target = std::filesystem::absolute(path).lexically_normal().string();
        return run_bootstrap(std::move(options), target, nullptr, false, root, timeout, progress);
      },
      py::arg("path"), py::arg("release"), py::kw_only(), py::arg("root") = "/",
      py::arg("mirror") = std::nullopt, py::arg("components") = std::vector<std::string>{"main"},
      py::arg("packages") = std::vector<std::string>(), py::arg("architecture") = "",
      py::arg("variant") = "minbase", py::arg("trust_unsigned") = false, py::arg("tool") = std::nullopt,
      py::arg("timeout") = std::nullopt, py::arg("progress") = std::nullopt,
      "Make an image without a spec, as the directory `path` inside `root`.\n\n"
      "mirror: a URL; None: the mirror of this machine's apt. architecture: a dpkg architecture; empty: "
      "this\n"
      "machine's. trust_unsigned: accept packages without a valid signature, as for archived releases. tool: "
      "None:\n"
      "mmdebstrap if installed, else debootstrap.");
}

}  // namespace krgboot::bindings
