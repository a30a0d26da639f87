#include "krgboot/config/keys.hpp"
#include "krgboot/config/load.hpp"

#include "bind.hpp"

namespace krgboot::bindings {

void bind_config(py::module_& m) {
  m.def(
      "load",
      [](const std::filesystem::path& path) {
        py::gil_scoped_release release;
        return load_cluster_file(path);
      },
      py::arg("path"),
      "Read and validate a cluster.yaml. Raises IoError, ConfigError (not well-formed), ValidationError "
      "(with all\n"
      "findings).");
  m.def(
      "loads",
      [](const std::string& text, const std::string& file) {
        py::gil_scoped_release release;
        return load_cluster(text, file);
      },
      py::arg("text"), py::arg("file") = "", "Like `load`, from a text; `file` is only a name for messages.");
  m.def("cluster_json_schema", &cluster_json_schema, "The JSON Schema of cluster.yaml, as text.");
  m.def("cluster_reference", &cluster_reference, "The reference page of cluster.yaml, in Markdown.");
}

}  // namespace krgboot::bindings
