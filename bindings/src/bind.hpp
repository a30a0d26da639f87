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

// One or two functions per layer of the library; module.cpp calls them from the lowest layer upwards.
namespace krgboot::bindings {

namespace py = pybind11;

/// Converts texts as Python converts file names, arguments and environment: bytes that are not UTF-8 become
/// lone surrogates (PEP 383, os.fsdecode), so that no byte is lost or refused. `Text`: std::string or
/// std::string_view.
template <class Text>
struct TextCaster {
  static constexpr std::size_t UTF_N = 8;
  static constexpr auto name = py::detail::const_name("str");

  bool load(py::handle source, bool /*convert*/) {
    if (!source) return false;
    auto bytes = py::reinterpret_borrow<py::object>(source);
    if (PyUnicode_Check(source.ptr())) {
      auto* encoded = PyUnicode_AsEncodedString(source.ptr(), "utf-8", "surrogateescape");
      if (encoded == nullptr) PyErr_Clear();  // a surrogate that escapes no byte
      bytes = py::reinterpret_steal<py::object>(encoded);
    }
    if (!bytes || !PyBytes_Check(bytes.ptr())) return false;
    text_.assign(PyBytes_AS_STRING(bytes.ptr()), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes.ptr())));
    view_ = text_;
    return true;
  }

  static py::handle cast(std::string_view text, py::return_value_policy /*policy*/, py::handle /*parent*/) {
    auto* made = PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "surrogateescape");
    if (made == nullptr) throw py::error_already_set();
    return made;
  }
  static py::handle cast(const Text* text, py::return_value_policy policy, py::handle parent) {
    return text == nullptr ? py::none().release() : cast(*text, policy, parent);
  }

 protected:
  std::string text_;
  std::string_view view_;
};

}  // namespace krgboot::bindings

namespace pybind11::detail {

template <>
struct type_caster<std::string> : krgboot::bindings::TextCaster<std::string> {
  template <class T>
  using cast_op_type = movable_cast_op_type<T>;
  explicit operator std::string*() { return &text_; }
  explicit operator std::string&() { return text_; }
  explicit operator std::string&&() && { return std::move(text_); }
};

template <>
struct type_caster<std::string_view> : krgboot::bindings::TextCaster<std::string_view> {
  template <class T>
  using cast_op_type = movable_cast_op_type<T>;
  explicit operator std::string_view*() { return &view_; }
  explicit operator std::string_view&() { return view_; }
  explicit operator std::string_view&&() && { return static_cast<std::string_view&&>(view_); }
};

}  // namespace pybind11::detail

namespace krgboot::bindings {

void bind_base(py::module_& m);
void bind_net(py::module_& m);
void bind_model(py::module_& m);
void bind_config(py::module_& m);
void bind_formats(py::module_& m);
void bind_plan(py::module_& m);
void bind_system(py::module_& m);
void bind_image(py::module_& m);
void bind_bootstrap(py::module_& m);  // of the layer image
void bind_apply(py::module_& m);
void bind_configure(py::module_& m);  // of the layer apply

/// Converts seconds, Python's unit.
inline std::optional<std::chrono::milliseconds> milliseconds_of(std::optional<double> seconds) {
  if (!seconds) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000));
}

/// Returns true, or throws the exception that a signal handler raises, such as KeyboardInterrupt. For work
/// without the GIL.
inline bool unless_interrupted() {
  py::gil_scoped_acquire acquire;
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  return true;
}

/// Binds the common operations of the net value types: parse, str, repr, order, hash.
template <class T>
py::class_<T> bind_value(py::module_& m, const char* name, const char* doc) {
  py::class_<T> type(m, name, doc);
  type.def(py::init([](const std::string& text) { return T::from_string(text); }), py::arg("text"),
           "Read `text`; raises ArgumentError.")
      .def_static(
          "parse", [](const std::string& text) { return T::parse(text); }, py::arg("text"),
          "Read `text`; None if it is not well-formed.")
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
