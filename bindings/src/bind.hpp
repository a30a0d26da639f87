#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <pybind11/functional.h>
#include <pybind11/native_enum.h>
#include <pybind11/operators.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

// One function a floor, or two where it holds much; module.cpp calls them from the ground up.
namespace krgboot::bindings {

namespace py = pybind11;

void bind_base(py::module_& m);
void bind_net(py::module_& m);
void bind_model(py::module_& m);
void bind_config(py::module_& m);
void bind_formats(py::module_& m);
void bind_plan(py::module_& m);
void bind_system(py::module_& m);
void bind_image(py::module_& m);
void bind_bootstrap(py::module_& m);  // of the floor image
void bind_apply(py::module_& m);
void bind_configure(py::module_& m);  // of the floor apply

/// Text whose bytes need not be UTF-8, as Python shows such.
inline py::str text_of(const std::string& bytes) {
  return py::str(py::bytes(bytes).attr("decode")("utf-8", "replace"));
}

/// Seconds, as Python says them.
inline std::optional<std::chrono::milliseconds> milliseconds_of(std::optional<double> seconds) {
  if (!seconds) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000));
}

/// True; Ctrl-C, and what else a signal's handler raises, goes on as an exception. For work that is done
/// without the GIL.
inline bool unless_interrupted() {
  py::gil_scoped_acquire acquire;
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  return true;
}

/// What every value type of net offers: parse, str, repr, order, hash.
template <class T>
py::class_<T> bind_value(py::module_& m, const char* name, const char* doc) {
  py::class_<T> type(m, name, doc);
  type.def(py::init([](const std::string& text) { return T::from_string(text); }), py::arg("text"),
           "Read `text`; raises ArgumentError.")
      .def_static(
          "parse", [](const std::string& text) { return T::parse(text); }, py::arg("text"),
          "Read `text`; None where it is not well-formed.")
      .def("__str__", [](const T& value) { return std::string(value.to_string()); })
      .def("__repr__", [name = std::string(name)](
                           const T& value) { return name + "('" + std::string(value.to_string()) + "')"; })
      .def("__hash__", [](const T& value) { return std::hash<T>{}(value); })
      .def(py::self == py::self)
      .def(py::self < py::self)
      .def(py::self <= py::self)
      .def(py::self > py::self)
      .def(py::self >= py::self);
  return type;
}

}  // namespace krgboot::bindings
