#include "krgboot/apply/configure_image.hpp"

#include "bind.hpp"

namespace krgboot::bindings {

void bind_configure(py::module_& m) {
  using OnStep = std::optional<std::function<void(const PendingStep&)>>;
  using OnLine = std::optional<std::function<void(const std::string&)>>;
  using OnWarning = std::optional<std::function<void(const Diagnostic&)>>;
  py::class_<ConfigureImageReport>(m, "ConfigureImageReport",
                                   "What was done to make an image what the spec says.")
      .def_readonly("changes", &ConfigureImageReport::changes, "Of files.")
      .def_readonly("steps", &ConfigureImageReport::steps, "What programs brought about.")
      .def_readonly("warnings", &ConfigureImageReport::warnings)
      .def(
          "__bool__",
          [](const ConfigureImageReport& report) {
            return !report.changes.changes.empty() || !report.steps.empty();
          },
          "Was anything done?")
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
      "Make an image what the cluster says of it, and nothing else beneath `root`: its files, all or "
      "nothing, "
      "and then,\nby its own programs run inside of it, packages, Kerrighed, names of kernels, locale, ssh "
      "host "
      "keys, services and\ninitramfs. A second call changes nothing.\n\n"
      "adopt: take over foreign files that lie where ours belong. timeout: seconds, of each program. "
      "lock_timeout: seconds\nto wait for another apply. on_step: called with each PendingStep before it is "
      "made. "
      "on_line: called with each line\nthat a program prints. on_warning: called with each warning of the "
      "report that concerns a program,\nbefore it runs. An exception from any of them ends it.\n\n"
      "Raises ArgumentError for an image that the spec does not have, ConflictError where it has not been "
      "made, "
      "CommandError\nof a program that failed, ArchiveError, IoError; what was made before that stays.");
}

}  // namespace krgboot::bindings
