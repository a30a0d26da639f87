#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <pybind11/typing.h>

#include "bind.hpp"

// Python's standard types as arguments and results, so that signatures and stubs name them.
namespace krgboot::bindings {

/// Is `object` an instance of the class `name` of `module`? Does not import the module: if it is not imported
/// yet, no such object exists.
inline bool is_of(PyObject* object, const char* module, const char* name) {
  auto wanted = py::reinterpret_steal<py::str>(PyUnicode_FromString(module));
  auto imported = py::reinterpret_steal<py::object>(PyImport_GetModule(wanted.ptr()));
  return imported && py::isinstance(object, imported.attr(name));
}

inline bool is_python_address(PyObject* object) {
  return is_of(object, "ipaddress", "IPv4Address");
}
inline bool is_python_network(PyObject* object) {
  return is_of(object, "ipaddress", "IPv4Network");
}
inline bool is_python_uuid(PyObject* object) {
  return is_of(object, "uuid", "UUID");
}

/// ipaddress.IPv4Address.
class PythonAddress : public py::object {
  PYBIND11_OBJECT(PythonAddress, object, is_python_address)
};
/// ipaddress.IPv4Network.
class PythonNetwork : public py::object {
  PYBIND11_OBJECT(PythonNetwork, object, is_python_network)
};
/// uuid.UUID.
class PythonUuid : public py::object {
  PYBIND11_OBJECT(PythonUuid, object, is_python_uuid)
};
/// The dict that json.loads returns for a JSON object.
class Data : public py::dict {
  PYBIND11_OBJECT(Data, dict, PyDict_Check)
};
/// The Python object that wraps a T.
template <class T>
class Bound : public py::object {
  PYBIND11_OBJECT(Bound, object, PyObject_Type)
};

/// The result of __reduce__: a callable and its arguments.
using Reduced = py::typing::Tuple<py::object, py::ellipsis>;

/// A JSON object as Python data. Bytes that are not UTF-8 appear as "\xff".
inline Data data_of(const std::string& json) {
  return Data(py::object(py::module_::import("json").attr("loads")(json)));
}

/// The bound class `name` of the module, to add methods to.
template <class T>
py::class_<T> class_of(py::module_& m, const char* name) {
  return py::reinterpret_borrow<py::class_<T>>(m.attr(name));
}

/// An iterator over copies, because `items` may change during the iteration.
template <class T>
py::typing::Iterator<T> iterator_of(const std::vector<T>& items) {
  return py::typing::Iterator<T>(py::object(py::iter(py::cast(items))));
}

}  // namespace krgboot::bindings

namespace pybind11::detail {

template <>
struct handle_type_name<krgboot::bindings::PythonAddress> {
  static constexpr auto name = const_name("ipaddress.IPv4Address");
};
template <>
struct handle_type_name<krgboot::bindings::PythonNetwork> {
  static constexpr auto name = const_name("ipaddress.IPv4Network");
};
template <>
struct handle_type_name<krgboot::bindings::PythonUuid> {
  static constexpr auto name = const_name("uuid.UUID");
};
template <>
struct handle_type_name<krgboot::bindings::Data> {
  static constexpr auto name = const_name("dict[str, typing.Any]");
};
template <class T>
struct handle_type_name<krgboot::bindings::Bound<T>> {
  static constexpr auto name = make_caster<T>::name;
};

}  // namespace pybind11::detail

namespace krgboot::bindings {

void bind_values(py::module_& m);      // copy, pickle, hash, compare, convert, iterate
void bind_reprs(py::module_& m);       // __repr__
void bind_links(py::module_& m);       // from nodes to what they boot
void bind_dicts(py::module_& m);       // to_dict
void bind_automation(py::module_& m);  // of the layer apply: functions for other programs
void bind_machines(py::module_& m);    // of the layer apply: files of single machines

}  // namespace krgboot::bindings
