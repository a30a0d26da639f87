#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <pybind11/typing.h>

#include "bind.hpp"

// Python's own types, as arguments and results: a signature, and so the stub, names them.
namespace krgboot::bindings {

/// Is `object` of the class `name` of the module `module`? Imports nothing: of a module that nobody has
/// imported there are no objects.
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
/// What json.loads makes of an object.
class Data : public py::dict {
  PYBIND11_OBJECT(Data, dict, PyDict_Check)
};
/// The Python object of a C++ one that it keeps alive, or a copy.
template <class T>
class Bound : public py::object {
  PYBIND11_OBJECT(Bound, object, PyObject_Type)
};

/// What pickle and copy make an object from: a callable and its arguments.
using Reduced = py::typing::Tuple<py::object, py::ellipsis>;

/// An object of JSON as data. Bytes that are not UTF-8 are "\xff" there.
inline Data data_of(const std::string& json) {
  return Data(py::object(py::module_::import("json").attr("loads")(json)));
}

/// The class `name` of the module, to add to.
template <class T>
py::class_<T> class_of(py::module_& m, const char* name) {
  return py::reinterpret_borrow<py::class_<T>>(m.attr(name));
}

/// An iterator over copies: what is iterated over may change meanwhile.
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
void bind_reprs(py::module_& m);       // what a thing is
void bind_links(py::module_& m);       // from nodes to what they boot
void bind_dicts(py::module_& m);       // to_dict
void bind_automation(py::module_& m);  // of the floor apply: transactions that programs make

}  // namespace krgboot::bindings
