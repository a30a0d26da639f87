#include "krgboot/base/error.hpp"
#include "krgboot/base/visible.hpp"
#include "krgboot/model/cluster.hpp"

#include <type_traits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bind_values.hpp"

// Nodes, boot entries and images are part of their cluster and refer to each other by index. A Python object
// for one of them holds a reference to the cluster in an attribute, so that it can look up the others and
// keeps the cluster alive.

namespace krgboot::bindings {

namespace {

constexpr const char* cluster_attribute = "_cluster";

/// `part` of `cluster` as a Python object: the same object on each call while it is alive.
template <class T>
Bound<T> linked(const T& part, const py::object& cluster) {
  auto object = py::cast(&part, py::return_value_policy::reference_internal, cluster);
  object.attr(cluster_attribute) = cluster;
  return Bound<T>(object);
}

template <class T>
py::typing::List<Bound<T>> all_linked(const std::vector<T>& parts, const py::object& cluster) {
  py::typing::List<Bound<T>> list;
  for (const auto& part : parts) list.append(linked(part, cluster));
  return list;
}

const Cluster& cluster_of(const py::object& self) {
  return self.cast<const Cluster&>();
}
py::object cluster_around(const py::object& part) {
  return part.attr(cluster_attribute);
}

template <class T>
std::string name_of(const T& part) {
  if constexpr (std::is_same_v<T, Node>) {
    return part.name.to_string();
  } else {
    return part.name;
  }
}

template <class T>
Bound<T> named(const std::vector<T>& parts, const char* kind, const char* code, const std::string& name,
               const py::object& cluster) {
  std::vector<std::string> known;
  for (const auto& part : parts) {
    known.push_back(name_of(part));
    if (known.back() == name) return linked(part, cluster);
  }
  throw ArgumentError(code, name,
                      fmt::format("there is no {} {} in the spec; it has {}", kind, visible(name),
                                  known.empty() ? "none" : fmt::to_string(fmt::join(known, ", "))));
}

py::typing::Dict<py::str, std::vector<Ipv4Range>> by_image(
    const Cluster& cluster, const std::vector<std::vector<Ipv4Range>>& ranges) {
  py::typing::Dict<py::str, std::vector<Ipv4Range>> result;
  for (std::size_t i = 0; i < ranges.size(); ++i) result[py::cast(cluster.images().at(i).name)] = ranges[i];
  return result;
}

void bind_parts(py::module_& m) {
  class_of<BootEntry>(m, "BootEntry")
      .def_property_readonly(
          "image",
          [](const py::object& self) {
            auto cluster = cluster_around(self);
            return linked(cluster_of(cluster).image_of(self.cast<const BootEntry&>()), cluster);
          },
          "The image that the entry boots.");
  class_of<Node>(m, "Node")
      .def_property_readonly(
          "boot",
          [](const py::object& self) {
            auto cluster = cluster_around(self);
            return linked(cluster_of(cluster).boot_of(self.cast<const Node&>()), cluster);
          },
          "The boot entry that the node boots.")
      .def_property_readonly(
          "network",
          [](const py::object& self) {
            auto cluster = cluster_around(self);
            return linked(cluster_of(cluster).networks().at(self.cast<const Node&>().network), cluster);
          },
          "The network that contains the node's address.");
}

void bind_lists(py::class_<Cluster>& type) {
  type.def_property_readonly(
          "networks", [](const py::object& self) { return all_linked(cluster_of(self).networks(), self); })
      .def_property_readonly(
          "images", [](const py::object& self) { return all_linked(cluster_of(self).images(), self); })
      .def_property_readonly(
          "boot", [](const py::object& self) { return all_linked(cluster_of(self).boot(), self); },
          "The boot entries.")
      .def_property_readonly(
          "nodes", [](const py::object& self) { return all_linked(cluster_of(self).nodes(), self); })
      .def_property_readonly(
          "default_boot",
          [](const py::object& self) -> py::typing::Optional<Bound<BootEntry>> {
            const auto& cluster = cluster_of(self);
            if (!cluster.default_boot()) return py::typing::Optional<Bound<BootEntry>>(py::none());
            return py::typing::Optional<Bound<BootEntry>>(
                py::object(linked(cluster.boot().at(*cluster.default_boot()), self)));
          },
          "The boot entry of nodes that do not name one; None: no default boot file is written.");
}

}  // namespace

void bind_links(py::module_& m) {
  bind_parts(m);
  auto type = class_of<Cluster>(m, "Cluster");
  bind_lists(type);
  type.def(
          "image",
          [](const py::object& self, const std::string& name) {
            return named(cluster_of(self).images(), "image", "image.unknown", name, self);
          },
          py::arg("name"),
          "The image of that name. Raises ArgumentError, whose message lists the existing images.")
      .def(
          "boot_entry",
          [](const py::object& self, const std::string& name) {
            return named(cluster_of(self).boot(), "boot entry", "boot.unknown", name, self);
          },
          py::arg("name"), "The boot entry of that name. Raises ArgumentError.")
      .def(
          "node",
          [](const py::object& self, const std::string& name) {
            return named(cluster_of(self).nodes(), "node", "node.unknown", name, self);
          },
          py::arg("name"), "The node of that name. Raises ArgumentError.")
      .def(
          "addresses_by_image",
          [](const Cluster& cluster) { return by_image(cluster, cluster.addresses_by_image()); },
          "Maps each image name to the addresses that boot it: ascending ranges that do not overlap.")
      .def(
          "writers_by_image",
          [](const Cluster& cluster) { return by_image(cluster, cluster.writers_by_image()); },
          "Maps each image name to those of its addresses that may write to the image's writable "
          "directories.");
}

}  // namespace krgboot::bindings
