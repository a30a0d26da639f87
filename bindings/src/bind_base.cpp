#include "krgboot/base/diagnostic.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/base/visible.hpp"
#include "krgboot/version.hpp"

#include "bind.hpp"

namespace krgboot::bindings {

namespace {

/// Raises krgboot.errors.NAME(args…). The Python class holds the fields, so the object is built here.
template <class... Args>
void raise(const char* name, Args&&... args) {
  auto type = py::module_::import("krgboot.errors").attr(name);
  auto object = type(std::forward<Args>(args)...);
  PyErr_SetObject(type.ptr(), object.ptr());
}

// Derived classes before their bases.
void translate(
    std::exception_ptr pointer) {  // NOLINT(performance-unnecessary-value-param): pybind11's signature
  if (!pointer) return;
  try {
    std::rethrow_exception(pointer);
  } catch (const ConfigError& e) {
    raise("ConfigError", std::string(e.what()), e.code(), e.subject(), e.diagnostics(), e.where());
  } catch (const ValidationError& e) {
    raise("ValidationError", std::string(e.what()), e.code(), e.subject(), e.diagnostics());
  } catch (const ArgumentError& e) {
    raise("ArgumentError", std::string(e.what()), e.code(), e.subject());
  } catch (const ConflictError& e) {
    raise("ConflictError", std::string(e.what()), e.code(), e.subject(), e.overridden_by());
  } catch (const IoError& e) {
    raise("IoError", std::string(e.what()), e.code(), e.operation(), e.path(), e.error_number());
  } catch (const ArchiveError& e) {
    raise("ArchiveError", std::string(e.what()), e.code(), e.subject(), e.entry());
  } catch (const CommandError& e) {
    raise("CommandError", std::string(e.what()), e.code(), e.argv(), e.status(), e.output());
  } catch (const Error& e) {
    raise("InternalError", std::string(e.what()), e.code(), e.subject());
  }
}

/// The bytes of any Python string: a lone surrogate gives the byte that it escapes, or its own encoding.
std::string bytes_of(const py::str& text) {
  for (const auto* how : {"surrogateescape", "surrogatepass"}) {
    auto bytes = py::reinterpret_steal<py::object>(PyUnicode_AsEncodedString(text.ptr(), "utf-8", how));
    if (bytes) return bytes.cast<std::string>();
    PyErr_Clear();
  }
  throw InternalError("a text that cannot be encoded");
}

/// Throws the error of that class, so that tests can check the translation of each to Python.
[[noreturn]] void throw_error(const std::string& name) {
  Diagnostics diagnostics{{Severity::error,
                           "node.duplicate_address",
                           "two nodes have one address",
                           "change one",
                           "nodes[1].address",
                           {"cluster.yaml", {3, 14}}}};
  if (name == "ArgumentError") throw ArgumentError("ipv4.syntax", "1.2.3", "no address: \"1.2.3\"");
  if (name == "ConfigError") throw ConfigError(diagnostics);
  if (name == "ValidationError") throw ValidationError(diagnostics);
  if (name == "ConflictError") throw ConflictError("plan.stale", "/etc/exports", "/etc/exports has changed");
  if (name == "IoError") throw IoError("open", "/etc/exports", EACCES);
  if (name == "ArchiveError")
    throw ArchiveError("archive.truncated", "image.tar", "./etc/passwd", "it ends too soon");
  if (name == "CommandError")
    throw CommandError("dhcpd.check", {"dhcpd", "-t"}, 1, "line 3: semicolon expected");
  if (name == "InternalError") throw InternalError("a plan without items");
  throw ArgumentError("error.unknown", name, "no error class of krgboot: " + name);
}

}  // namespace

void bind_base(py::module_& m) {
  m.attr("__version__") = KRGBOOT_VERSION;

  py::native_enum<Severity>(m, "Severity", "enum.Enum",
                            "Severity of a finding: an error stops the operation, a warning does not.")
      .value("warning", Severity::warning)
      .value("error", Severity::error)
      .finalize();

  py::class_<Position>(m, "Position", "Line and column in a text, counted from 1; (0, 0) if unknown.")
      .def(py::init<std::uint32_t, std::uint32_t>(), py::arg("line") = 0, py::arg("column") = 0)
      .def_readonly("line", &Position::line)
      .def_readonly("column", &Position::column)
      .def("__bool__", [](const Position& p) { return static_cast<bool>(p); })
      .def(py::self == py::self)
      .def("__repr__", [](const Position& p) {
        return "Position(" + std::to_string(p.line) + ", " + std::to_string(p.column) + ")";
      });

  py::class_<Location>(m, "Location", "A file name and a position in that file.")
      .def(py::init<std::string, Position>(), py::arg("file") = "",
           py::arg_v("position", Position{}, "Position()"))
      .def_readonly("file", &Location::file)
      .def_readonly("position", &Location::position)
      .def(py::self == py::self)
      .def("__str__", &Location::to_string)
      .def("__repr__", [](const Location& l) { return "<Location " + l.to_string() + ">"; });

  py::class_<Diagnostic>(m, "Diagnostic",
                         "One finding about an input: severity, code, message, hint, key path and location.")
      .def(py::init<Severity, std::string, std::string, std::string, std::string, Location>(),
           py::arg("severity"), py::arg("code"), py::arg("message"), py::arg("hint") = "",
           py::arg("key") = "", py::arg_v("where", Location{}, "Location()"))
      .def_readonly("severity", &Diagnostic::severity)
      .def_readonly("code", &Diagnostic::code, "Stable, dotted, lower case: \"node.duplicate_address\".")
      .def_readonly("message", &Diagnostic::message)
      .def_readonly("hint", &Diagnostic::hint, "How to fix it; may be empty.")
      .def_readonly("key", &Diagnostic::key, "Key path in the spec, \"nodes[2].address\"; may be empty.")
      .def_readonly("where", &Diagnostic::where)
      .def(py::self == py::self)
      .def("__str__", [](const Diagnostic& d) { return d.to_string(); })
      .def("__repr__", [](const Diagnostic& d) { return "<Diagnostic " + d.to_string() + ">"; });

  m.def(
      "visible",
      [](const py::str& text, bool lines) {
        return visible(bytes_of(text), lines ? LineCount::many : LineCount::one);
      },
      py::arg("text"), py::kw_only(), py::arg("lines") = false,
      "Return untrusted `text` in a form that is safe to show on a terminal, in a log, in HTML or SVG.\n"
      "Control, invisible and bidirectional characters become escapes (\\x1b, \\u202e). lines: keep newlines "
      "and\n"
      "tabs. Different texts never give the same result.");
  m.def(
      "harmless",
      [](const py::str& text, bool lines) {
        return harmless(bytes_of(text), lines ? LineCount::many : LineCount::one);
      },
      py::arg("text"), py::kw_only(), py::arg("lines") = true,
      "Like `visible`, for a text that already contains results of `visible`: keeps backslashes, so that "
      "nothing\n"
      "is escaped twice. Apply it last, before the text is written out.");

  m.def("_throw", &throw_error, py::arg("name"), "For the tests: raise the krgboot error of this name.");
  py::register_local_exception_translator(translate);
}

}  // namespace krgboot::bindings
