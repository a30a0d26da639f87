#include "krgboot/system/process.hpp"

#include "bind.hpp"

namespace krgboot::bindings {

void bind_system(py::module_& m) {
  m.def(
      "find_program",
      [](const std::string& name) -> std::optional<std::string> { return find_program(name); },
      py::arg("name"),
      "Path of a program, searched in PATH and the sbin directories; None if it is not installed.");
}

}  // namespace krgboot::bindings
