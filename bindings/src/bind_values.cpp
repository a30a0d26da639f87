#include "bind_values.hpp"

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/formats/kernel/command_line.hpp"
#include "krgboot/formats/kernel/nfs_root.hpp"
#include "krgboot/formats/loader/pxelinux/menu.hpp"
#include "krgboot/formats/nfs/exports/match.hpp"
#include "krgboot/formats/nfs/exports/table.hpp"
#include "krgboot/formats/root_tree/fstab_table.hpp"
#include "krgboot/formats/root_tree/hosts.hpp"
#include "krgboot/formats/tftp/hpa/defaults.hpp"
#include "krgboot/model/cluster.hpp"
#include "krgboot/net/host_name.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/net/mac.hpp"
#include "krgboot/net/uuid.hpp"
#include "krgboot/system/process.hpp"

#include <cstdint>
#include <iterator>

namespace krgboot::bindings {

namespace {

std::string text_of(const py::object& object) {
  return py::str(object).cast<std::string>();
}

py::type type_of(const py::object& self) {
  return py::type::of(self);
}

/// Pickles the text of the object; the constructor reads it.
Reduced from_text(const py::object& self) {
  return Reduced(py::object(py::make_tuple(type_of(self), py::make_tuple(py::str(self)))));
}

/// Pickles the text of the object and its file name.
Reduced from_file(const py::object& self) {
  auto arguments = py::make_tuple(py::str(self), self.attr("file"));
  return Reduced(py::object(py::make_tuple(type_of(self), arguments)));
}

/// Pickles these attributes, which the constructor takes.
template <class... Names>
auto from_attributes(Names... names) {
  return [names...](const py::object& self) {
    return Reduced(py::object(py::make_tuple(type_of(self), py::make_tuple(self.attr(names)...))));
  };
}

constexpr const char* reduce_doc = "Used by pickle and copy.";

/// Equal objects have equal texts.
py::ssize_t hash_of_repr(const py::object& self) {
  return py::hash(py::make_tuple(type_of(self), py::repr(self)));
}

/// Input iterator over the addresses of a range; makes each on demand, as a range can hold 2^32.
class Addresses {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Ipv4Address;
  using difference_type = std::int64_t;
  using pointer = const Ipv4Address*;
  using reference = Ipv4Address;

  explicit Addresses(std::uint64_t at) : at_(at) {}
  Ipv4Address operator*() const { return Ipv4Address(static_cast<std::uint32_t>(at_)); }
  Addresses& operator++() {
    ++at_;
    return *this;
  }
  friend bool operator==(const Addresses&, const Addresses&) = default;

 private:
  std::uint64_t at_;
};

py::typing::Iterator<Ipv4Address> addresses_of(const Ipv4Range& range) {
  return py::make_iterator<py::return_value_policy::copy>(Addresses(range.first.bits()),
                                                          Addresses(std::uint64_t{range.last.bits()} + 1));
}

template <class T>
void takes_addresses(py::class_<T> type) {
  type.def(
          "__contains__",
          [](const T& place, const PythonAddress& address) {
            return place.contains(Ipv4Address::from_string(text_of(address)));
          },
          py::arg("address"))
      .def(
          "__contains__",
          [](const T& place, const std::string& address) {
            return place.contains(Ipv4Address::from_string(address));
          },
          py::arg("address"), "An address as text. Raises ArgumentError if it is not well-formed.");
}

void bind_net_values(py::module_& m) {
  class_of<Ipv4Address>(m, "Ipv4Address")
      .def(py::init([](const PythonAddress& address) { return Ipv4Address::from_string(text_of(address)); }),
           py::arg("address"))
      .def(py::init([](std::uint32_t bits) { return Ipv4Address(bits); }), py::arg("bits"),
           "From the number that int() returns, 0 to 2**32 - 1.")
      .def("to_ipaddress", [](const Ipv4Address& address) {
        return PythonAddress(
            py::object(py::module_::import("ipaddress").attr("IPv4Address")(address.bits())));
      });
  auto network = class_of<Ipv4Network>(m, "Ipv4Network");
  network
      .def(py::init([](const PythonNetwork& given) { return Ipv4Network::from_string(text_of(given)); }),
           py::arg("network"))
      .def(
          "__iter__", [](const Ipv4Network& n) { return addresses_of(n.range()); },
          "Yields every address, including the network and broadcast addresses.")
      .def("to_ipaddress", [](const Ipv4Network& n) {
        return PythonNetwork(py::object(py::module_::import("ipaddress").attr("IPv4Network")(n.to_string())));
      });
  takes_addresses(network);
  auto range = class_of<Ipv4Range>(m, "Ipv4Range");
  range.def("__iter__", &addresses_of).def("__str__", [](const Ipv4Range& r) {
    return r.first.to_string() + "-" + r.last.to_string();
  });
  takes_addresses(range);
  class_of<Uuid>(m, "Uuid")
      .def(py::init([](const PythonUuid& uuid) { return Uuid::from_string(text_of(uuid)); }), py::arg("uuid"))
      .def("to_uuid", [](const Uuid& uuid) {
        return PythonUuid(py::object(py::module_::import("uuid").attr("UUID")(uuid.to_string())));
      });
}

/// Pickling for values that are fully defined by their constructor's arguments.
void make_reducible(py::module_& m) {
  auto reduce = [&](const char* name, auto how) {
    py::object type = m.attr(name);
    type.attr("__reduce__") = py::cpp_function(how, py::name("__reduce__"), py::is_method(type), reduce_doc);
  };
  for (const auto* name : {"Ipv4Address", "Ipv4Network", "MacAddress", "Uuid", "HostName", "DomainName",
                           "KernelCommandLine", "HostsFile", "PxelinuxMenu", "FstabTable"})
    reduce(name, &from_text);
  reduce("ExportsTable", &from_file);
  reduce("Ipv4Range", from_attributes("first", "last"));
  reduce("Position", from_attributes("line", "column"));
  reduce("Location", from_attributes("file", "position"));
  reduce("Diagnostic", from_attributes("severity", "code", "message", "hint", "key", "where"));
  reduce("PxelinuxNewLabel",
         from_attributes("name", "kernel", "initrds", "append", "sysappend", "localboot", "extra"));
  reduce("NfsRoot", from_attributes("path", "server", "options"));
}

/// These classes are immutable, so a copy is the same object.
void make_copyable(py::module_& m) {
  auto same = [](const py::object& self) { return self; };
  auto same_deep = [](const py::object& self, const py::object& /*memo*/) { return self; };
  auto base = py::type::of(m.attr("Cluster"));
  for (auto item : m.attr("__dict__").cast<py::dict>()) {
    if (!py::isinstance(item.second, base)) continue;
    auto type = py::reinterpret_borrow<py::object>(item.second);
    if (type.attr("__dict__").contains("__reduce__")) continue;
    type.attr("__copy__") = py::cpp_function(same, py::name("__copy__"), py::is_method(type));
    type.attr("__deepcopy__") =
        py::cpp_function(same_deep, py::name("__deepcopy__"), py::is_method(type), py::arg("memo"));
  }
}

void make_comparable(py::module_& m) {
  class_of<KernelParameter>(m, "KernelParameter").def(py::self == py::self);
  class_of<fstab::Mount>(m, "FstabMount").def(py::self == py::self);
  class_of<tftpd_hpa::Settings>(m, "TftpdSettings").def(py::self == py::self);
  class_of<pxelinux::Label>(m, "PxelinuxLabel").def(py::self == py::self);
  class_of<pxelinux::Menu>(m, "PxelinuxMenu").def(py::self == py::self);
  class_of<hosts::HostsFile>(m, "HostsFile").def(py::self == py::self);
  class_of<ExportRules>(m, "ExportRules").def(py::self == py::self);
  class_of<WritableDirectory>(m, "WritableDirectory").def(py::self == py::self);
  class_of<FileSystem>(m, "FileSystem").def(py::self == py::self);
  class_of<KerrighedTools>(m, "KerrighedTools").def(py::self == py::self);
  class_of<CommandResult>(m, "CommandResult").def(py::self == py::self);
  class_of<ExportsTable>(m, "ExportsTable")
      .def(
          "__eq__",
          [](const ExportsTable& a, const ExportsTable& b) {
            return a.to_string() == b.to_string() && a.file() == b.file();
          },
          py::is_operator(), "Are text and file name equal?");
  class_of<fstab::FstabTable>(m, "FstabTable")
      .def(
          "__eq__",
          [](const fstab::FstabTable& a, const fstab::FstabTable& b) {
            return a.to_string() == b.to_string();
          },
          py::is_operator(), "Are the texts equal?");
}

/// Hashes for immutable classes that compare by value.
void make_hashable(py::module_& m) {
  for (const auto* name :
       {"Position",         "Location",      "Diagnostic",    "Ipv4Range",         "NfsRoot",
        "KernelParameter",  "FstabMount",    "TftpdSettings", "PxelinuxLabel",     "PxelinuxMenu",
        "PxelinuxNewLabel", "HostsFile",     "ExportRules",   "WritableDirectory", "FileSystem",
        "KerrighedTools",   "CommandResult", "IncludeLine",   "TftpdDefaults",     "MarkedBlock",
        "AccountLines",     "WriteFile",     "EditFile",      "CopyFile",          "MakeLink",
        "MakeDirectory",    "Remove",        "Reload"}) {
    py::object type = m.attr(name);
    type.attr("__hash__") = py::cpp_function(&hash_of_repr, py::name("__hash__"), py::is_method(type));
  }
}

void make_iterable(py::module_& m) {
  class_of<ExportsTable>(m, "ExportsTable")
      .def("__iter__", [](const ExportsTable& table) { return iterator_of(table.list()); })
      .def(
          "__contains__",
          [](const ExportsTable& table, const std::pair<std::string, std::string>& entry) {
            return table.find(entry.first, entry.second) != nullptr;
          },
          py::arg("entry"), "Is there an entry for this (path, client)?");
  class_of<exports::ExportsView>(m, "ExportsView")
      .def(
          "__iter__",
          [](const exports::ExportsView& view) {
            std::vector<exports::Entry> entries;
            for (const auto& table : view.tables())
              entries.insert(entries.end(), table.list().begin(), table.list().end());
            return iterator_of(entries);
          },
          "Yields the entries of all tables, in the order in which exportfs reads them.")
      .def("__len__", [](const exports::ExportsView& view) {
        std::size_t count = 0;
        for (const auto& table : view.tables()) count += table.list().size();
        return count;
      });
  class_of<fstab::FstabTable>(m, "FstabTable")
      .def("__iter__",
           [](const fstab::FstabTable& table) {
             std::vector<fstab::Mount> mounts;
             for (const auto& line : table.list()) mounts.push_back(line.mount);
             return iterator_of(mounts);
           })
      .def("__len__", [](const fstab::FstabTable& table) { return table.list().size(); });
  class_of<pxelinux::Menu>(m, "PxelinuxMenu")
      .def("__iter__", [](const pxelinux::Menu& menu) { return iterator_of(menu.labels()); })
      .def("__len__", [](const pxelinux::Menu& menu) { return menu.labels().size(); });
  class_of<KernelCommandLine>(m, "KernelCommandLine")
      .def("__iter__", [](const KernelCommandLine& line) { return iterator_of(line.parameters()); })
      .def("__len__", [](const KernelCommandLine& line) { return line.parameters().size(); })
      .def(
          "__contains__",
          [](const KernelCommandLine& line, const std::string& name) { return line.find(name) != nullptr; },
          py::arg("name"), "Is there a parameter of this name?");
}

/// Constructors from a text, like KernelCommandLine(text).
void make_constructible(py::module_& m) {
  class_of<ExportsTable>(m, "ExportsTable")
      .def(py::init([](const std::string& text, const std::string& file) {
             return ExportsTable::parse(text, file);
           }),
           py::arg("text"), py::arg("file") = "", "Like `parse`.");
  class_of<fstab::FstabTable>(m, "FstabTable")
      .def(py::init([](const std::string& text, const std::string& file) {
             return fstab::FstabTable::parse(text, file);
           }),
           py::arg("text") = "", py::arg("file") = "", "Like `parse`.");
  class_of<hosts::HostsFile>(m, "HostsFile")
      .def(py::init([](const std::string& text) { return hosts::HostsFile::parse(text); }),
           py::arg("text") = "", "Like `parse`.");
  class_of<pxelinux::Menu>(m, "PxelinuxMenu")
      .def(py::init([](const std::string& text) { return pxelinux::Menu::parse(text); }),
           py::arg("text") = "", "Like `parse`.");
}

}  // namespace

void bind_values(py::module_& m) {
  bind_net_values(m);
  make_constructible(m);
  make_comparable(m);
  make_iterable(m);
  make_reducible(m);
  make_hashable(m);
  make_copyable(m);
}

}  // namespace krgboot::bindings
