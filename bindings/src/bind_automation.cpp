#include "krgboot/apply/apply.hpp"
#include "krgboot/apply/exports_edit.hpp"
#include "krgboot/apply/propose_image.hpp"
#include "krgboot/apply/remove_image.hpp"

#include "bind_values.hpp"

namespace krgboot::bindings {

namespace {

LockOptions lock_options(std::optional<double> timeout) {
  return {milliseconds_of(timeout), unless_interrupted};
}

void bind_exports_edit(py::module_& m) {
  py::class_<ExportsEditReport>(m, "ExportsEditReport",
                                "Report of edit_exports_table; true if something changed or would change.")
      .def_readonly("path", &ExportsEditReport::path, "Path of the table, as seen inside the root.")
      .def_readonly("before", &ExportsEditReport::before, "The old text; None: the file did not exist.")
      .def_readonly("after", &ExportsEditReport::after, "The new text.")
      .def_property_readonly("changed", &ExportsEditReport::changed)
      .def_readonly("checks", &ExportsEditReport::checks, "Results of exportfs's check of the new table.")
      .def_readonly("reloaded", &ExportsEditReport::reloaded, "The NFS server has reloaded the table.")
      .def_readonly("dry_run", &ExportsEditReport::dry_run, "Nothing was written.")
      .def_readonly("warnings", &ExportsEditReport::warnings)
      .def("__bool__", &ExportsEditReport::changed)
      .def(
          "diff", [](const ExportsEditReport& report) { return unified_diff(report); },
          "The change in the format of diff -u; empty if nothing changed.")
      .def("to_json", [](const ExportsEditReport& report) { return to_json(report); });
  m.def(
      "edit_exports_table",
      [](const std::function<void(ExportsTable*)>& edit, const std::filesystem::path& path,
         const std::filesystem::path& root, bool dry_run, bool check, bool reload,
         std::optional<double> lock_timeout) {
        ExportsEditOptions options;
        options.dry_run = dry_run;
        options.check = check;
        options.reload = reload;
        options.lock = lock_options(lock_timeout);
        py::gil_scoped_release unlocked;
        return edit_exports_table(
            Root(root), path.string(), [&](ExportsTable& table) { edit(&table); }, options);
      },
      py::arg("edit"), py::arg("path") = "/etc/exports", py::arg("root") = "/", py::kw_only(),
      py::arg("dry_run") = false, py::arg("check") = true, py::arg("reload") = false,
      py::arg("lock_timeout") = py::none(),
      "Change one table of exports(5) atomically, with the lock and the journal of apply.\n\n"
      "edit: called with the table, an ExportsTable to change in place. path: path of the table, as seen "
      "inside root.\n"
      "A missing file is made, with /etc/exports.d if needed; an existing file keeps its mode and owner. "
      "dry_run:\n"
      "stage and check, but write nothing. check: let exportfs check the staged table, if it is installed. "
      "reload:\n"
      "make the NFS server reload the table (exportfs -ra); never on a staged tree. lock_timeout: seconds to "
      "wait for\n"
      "another krgboot; None: no limit.\n\n"
      "Returns an ExportsEditReport, false if `edit` changed nothing: then the file is not touched. Raises "
      "what\n"
      "`edit` raises, ConflictError, CommandError (exportfs drops an entry, or the server did not reload the "
      "table),\n"
      "IoError; then the file is unchanged.");
}

void bind_images(py::module_& m) {
  m.def(
      "plan_image",
      [](const Cluster& cluster, const std::string& name, const std::filesystem::path& root, bool adopt) {
        py::gil_scoped_release release;
        return propose_image(cluster, Root(root), name, adopt);
      },
      py::arg("cluster"), py::arg("name"), py::kw_only(), py::arg("root") = "/", py::arg("adopt") = false,
      "The file changes and the steps that configure_image would make in the image `name`. Writes "
      "nothing.\n\n"
      "root: directory that the images' paths are relative to. adopt: see configure_image. Returns a Plan: "
      "apply(plan)\n"
      "writes only the files, configure_image also makes the steps. Raises ArgumentError for an unknown "
      "name,\n"
      "ConflictError, IoError.");
  m.def(
      "remove_image",
      [](const std::filesystem::path& path, const std::filesystem::path& root,
         std::optional<double> lock_timeout) {
        auto target = std::filesystem::absolute(path).lexically_normal().string();
        py::gil_scoped_release release;
        return remove_image(Root(root), target, lock_options(lock_timeout));
      },
      py::arg("path"), py::kw_only(), py::arg("root") = "/", py::arg("lock_timeout") = py::none(),
      "Remove the image at `path`, absolute as seen inside `root`, with all its content.\n\n"
      "One rename makes it disappear; no symlink is followed and no mount point crossed. lock_timeout: "
      "seconds to wait\n"
      "for another krgboot; None: no limit. Returns False if `path` does not exist.\n\n"
      "Raises ConflictError if the image is exported (\"image.exported\"), contains a mount point "
      "(\"image.mounted\"),\n"
      "or does not look like an image (\"image.foreign\"), with nothing removed; IoError.");
}

}  // namespace

void bind_automation(py::module_& m) {
  bind_exports_edit(m);
  bind_images(m);
  class_of<ApplyReport>(m, "ApplyReport")
      .def_readonly("dry_run", &ApplyReport::dry_run, "Nothing was written.")
      .def_readonly("stopped_by", &ApplyReport::stopped_by,
                    "For a dry run: what would prevent apply from writing. Empty: nothing.")
      .def(
          "__bool__", [](const ApplyReport& report) { return report.stopped_by.empty(); },
          "False if a dry run found a reason that would prevent writing.");
}

}  // namespace krgboot::bindings
