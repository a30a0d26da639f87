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
                                "What edit_exports_table did, or would do; true where something changed.")
      .def_readonly("path", &ExportsEditReport::path, "Of the table, as seen inside the root.")
      .def_readonly("before", &ExportsEditReport::before, "The old text; None: there was no such file.")
      .def_readonly("after", &ExportsEditReport::after, "The text that is there now, or would be.")
      .def_property_readonly("changed", &ExportsEditReport::changed)
      .def_readonly("checks", &ExportsEditReport::checks, "What exportfs said of the new table.")
      .def_readonly("reloaded", &ExportsEditReport::reloaded, "The NFS server has taken the table up.")
      .def_readonly("dry_run", &ExportsEditReport::dry_run, "Nothing was written.")
      .def_readonly("warnings", &ExportsEditReport::warnings)
      .def("__bool__", &ExportsEditReport::changed)
      .def(
          "diff", [](const ExportsEditReport& report) { return unified_diff(report); },
          "The change as diff -u shows it; empty where nothing changed.")
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
      "Change one table of exports(5), all or nothing, under the lock and by the journal that apply uses.\n\n"
      "edit: called with the table, an ExportsTable to change in place. path: of the table, as seen inside "
      "root. A\n"
      "missing file, and /etc/exports.d around it, is made; mode and owner of an old one stay. dry_run: "
      "stage "
      "and\n"
      "check, and write nothing. check: let exportfs check the staged table, where it is installed. reload: "
      "let the\n"
      "NFS server take it up (exportfs -ra); never on a staged tree. lock_timeout: seconds to wait for "
      "another "
      "krgboot;\n"
      "None: without end.\n\n"
      "Returns an ExportsEditReport, false where `edit` changed nothing: then the file is not touched. "
      "Raises "
      "what\n"
      "`edit` raises, ConflictError, CommandError (exportfs drops an entry, or the server did not take the "
      "table "
      "up),\n"
      "IoError; then the file is as it was.");
}

void bind_images(py::module_& m) {
  m.def(
      "plan_image",
      [](const Cluster& cluster, const std::string& name, const std::filesystem::path& root, bool adopt) {
        py::gil_scoped_release release;
        return propose_image(cluster, Root(root), name, adopt);
      },
      py::arg("cluster"), py::arg("name"), py::kw_only(), py::arg("root") = "/", py::arg("adopt") = false,
      "What configure_image would change in the files of the image `name`, and the steps that it would make. "
      "Writes nothing.\n\n"
      "root: where the images' paths begin. adopt: as of configure_image. Returns a Plan; apply(plan) would "
      "write the\n"
      "files, configure_image makes the steps, too. Raises ArgumentError for an unknown name, ConflictError, "
      "IoError.");
  m.def(
      "remove_image",
      [](const std::filesystem::path& path, const std::filesystem::path& root,
         std::optional<double> lock_timeout) {
        auto target = std::filesystem::absolute(path).lexically_normal().string();
        py::gil_scoped_release release;
        return remove_image(Root(root), target, lock_options(lock_timeout));
      },
      py::arg("path"), py::kw_only(), py::arg("root") = "/", py::arg("lock_timeout") = py::none(),
      "Remove the image at `path`, absolute as seen inside `root`, with all that is in it.\n\n"
      "It vanishes by one rename; no symlink is followed and no mount point crossed. lock_timeout: seconds "
      "to "
      "wait\n"
      "for another krgboot; None: without end. False where nothing lies there.\n\n"
      "Raises ConflictError while it is exported (\"image.exported\") or something is mounted in it "
      "(\"image.mounted\"),\n"
      "and for what does not look like an image (\"image.foreign\"), with nothing removed; IoError.");
}

}  // namespace

void bind_automation(py::module_& m) {
  bind_exports_edit(m);
  bind_images(m);
  class_of<ApplyReport>(m, "ApplyReport")
      .def_readonly("dry_run", &ApplyReport::dry_run, "Nothing was written.")
      .def_readonly("stopped_by", &ApplyReport::stopped_by,
                    "Of a dry run: what would keep apply from writing. Empty: nothing.")
      .def(
          "__bool__", [](const ApplyReport& report) { return report.stopped_by.empty(); },
          "False where a dry run has found what would stop it.");
}

}  // namespace krgboot::bindings
