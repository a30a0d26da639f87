#include "krgboot/apply/configure_image.hpp"

#include "bind.hpp"

namespace krgboot::bindings {

void bind_configure(py::module_& m) {
  using OnStep = std::optional<std::function<void(const PendingStep&)>>;
  using OnLine = std::optional<std::function<void(const std::string&)>>;
  using OnWarning = std::optional<std::function<void(const Diagnostic&)>>;
  py::class_<ConfigureImageReport>(m, "ConfigureImageReport", "Report of configure_image.")
      .def_readonly("changes", &ConfigureImageReport::changes, "The changed files.")
      .def_readonly("steps", &ConfigureImageReport::steps, "The steps that programs made.")
      .def_readonly("warnings", &ConfigureImageReport::warnings)
      .def(
          "__bool__",
          [](const ConfigureImageReport& report) {
            return !report.changes.changes.empty() || !report.steps.empty();
          },
          "Was anything changed?")
      .def("to_json", [](const ConfigureImageReport& report) { return to_json(report); });
  m.def(
      "configure_image",
      [](const Cluster& cluster, const std::string& name, const std::filesystem::path& root, bool adopt,
         std::optional<double> timeout, std::optional<double> lock_timeout, const OnStep& on_step,
         const OnLine& on_line, const OnWarning& on_warning) {
        ConfigureImageOptions options;
        options.adopt = adopt;
        options.lock.timeout = milliseconds_of(lock_timeout);
        options.lock.keep_waiting = unless_interrupted;
        options.programs.timeout = milliseconds_of(timeout);
        options.programs.keep_running = unless_interrupted;
        if (on_step) {
          options.programs.on_step = [&](const PendingStep& step) {
            py::gil_scoped_acquire acquire;
            (*on_step)(step);
          };
        }
        if (on_line) {
          options.programs.on_line = [&](std::string_view line) {
            py::gil_scoped_acquire acquire;
            (*on_line)(std::string(line));
          };
        }
        if (on_warning) {
          options.programs.on_warning = [&](const Diagnostic& warning) {
            py::gil_scoped_acquire acquire;
            (*on_warning)(warning);
          };
        }
        py::gil_scoped_release release;
        return configure_image(cluster, Root(root), name, options);
      },
      py::arg("cluster"), py::arg("name"), py::kw_only(), py::arg("root") = "/", py::arg("adopt") = false,
      py::arg("timeout") = std::nullopt, py::arg("lock_timeout") = std::nullopt,
      py::arg("on_step") = std::nullopt, py::arg("on_line") = std::nullopt,
      py::arg("on_warning") = std::nullopt,
      "Bring an image to the state that the cluster describes, and change nothing else below `root`. First "
      "write all\n"
      "of its files, or none. Then run programs inside the image for packages, Kerrighed, kernel names, "
      "locale, ssh\n"
      "host keys, services and initramfs. A second call changes nothing.\n\n"
      "adopt: take over foreign files at krgboot's paths. timeout: seconds for each program. lock_timeout: "
      "seconds to\n"
      "wait for another apply. on_step: called with each PendingStep before it is made. on_line: called with "
      "each line\n"
      "that a program prints. on_warning: called with each warning that concerns a program, before the "
      "program runs.\n"
      "An exception from any of them cancels the work.\n\n"
      "Raises ArgumentError for an image that is not in the spec, ConflictError if the image does not exist "
      "yet,\n"
      "CommandError for a program that failed, ArchiveError, IoError; completed changes stay.");
}

}  // namespace krgboot::bindings
