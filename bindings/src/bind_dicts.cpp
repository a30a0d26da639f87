#include "krgboot/plan/changes.hpp"

#include "bind_values.hpp"

namespace krgboot::bindings {

namespace {

/// The object's to_json() as data.
Data from_json(const py::object& self) {
  return data_of(self.attr("to_json")().cast<std::string>());
}

/// The object's attributes as data.
Data from_attributes(const py::object& self) {
  return Data(py::object(py::module_::import("krgboot._data").attr("data_of")(self)));
}

Data from_change(const Change& change) {
  Changes only;
  only.changes = {change};
  return Data(py::object(data_of(to_json(only))["changes"][py::int_(0)]));
}

Data from_diagnostic(const Diagnostic& diagnostic) {
  auto list = py::module_::import("json").attr("loads")(to_json(Diagnostics{diagnostic}));
  return Data(py::object(list[py::int_(0)]));
}

std::optional<py::bytes> after(const Change& change) {
  if (const auto* link = std::get_if<MakeLink>(&change.item)) return py::bytes(link->target);
  const auto* file = std::get_if<WriteFile>(&change.item);
  if (file == nullptr || file->secret) return std::nullopt;
  return py::bytes(file->content);
}

void add(py::module_& m, const char* name, Data (*how)(const py::object&), const char* doc) {
  py::object type = m.attr(name);
  type.attr("to_dict") = py::cpp_function(how, py::name("to_dict"), py::is_method(type), doc);
}

}  // namespace

void bind_dicts(py::module_& m) {
  for (const auto* name : {"ApplyReport", "Changes", "ConfigureImageReport", "DifferenceReport",
                           "ExportsEditReport", "KernelCheck", "Plan", "Rendering", "Trace", "Verification"})
    add(m, name, &from_json, "The content of to_json() as data.");
  for (const auto* name :
       {"ArchiveReport", "BootstrapReport", "CloneReport", "ExportEntry", "RestoreReport", "Verdict"})
    add(m, name, &from_attributes, "The attributes as data for JSON.");
  add(m, "Cluster", &from_attributes,
      "The cluster as data for JSON: effective values, and references by name as in the spec. Contains no\n"
      "password hashes.");
  class_of<Change>(m, "Change")
      .def_property_readonly("after", &after,
                             "The new content; for a symlink, its target. None for a removal, a copy of "
                             "another file, or a file with\n"
                             "password hashes.")
      .def("to_dict", &from_change, "{\"action\", \"path\", \"origin\", \"diff\"}");
  class_of<Diagnostic>(m, "Diagnostic").def("to_dict", &from_diagnostic, "The finding as data for JSON.");
}

}  // namespace krgboot::bindings
