#include "krgboot/base/error.hpp"
#include "krgboot/formats/loader/pxelinux/name.hpp"
#include "krgboot/net/host_name.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/net/mac.hpp"
#include "krgboot/net/range.hpp"
#include "krgboot/net/uuid.hpp"

#include "bind.hpp"

namespace krgboot::bindings {

namespace {

RangeBase base_of(int base) {
  if (base == 10) return RangeBase::decimal;
  if (base == 16) return RangeBase::hexadecimal;
  throw ArgumentError("range.base", std::to_string(base), "the base of a range is 10 or 16");
}

std::vector<std::string> names_of(const std::string& text) {
  if (auto network = Ipv4Network::parse(text)) return pxelinux_names(*network);
  return {pxelinux_name(text)};
}

}  // namespace

void bind_net(py::module_& m) {
  bind_value<Ipv4Address>(m, "Ipv4Address", "An IPv4 address in strict dotted decimal (RFC 791).")
      .def("__int__", &Ipv4Address::bits)
      .def_property_readonly("last_octet", &Ipv4Address::last_octet);

  py::class_<Ipv4Range>(m, "Ipv4Range", "First and last address of a contiguous range, both included.")
      .def(py::init([](Ipv4Address first, Ipv4Address last) {
             if (last < first) {
               throw ArgumentError("range.descending", first.to_string(), "the range ends before it begins");
             }
             return Ipv4Range{first, last};
           }),
           py::arg("first"), py::arg("last"))
      .def_readonly("first", &Ipv4Range::first)
      .def_readonly("last", &Ipv4Range::last)
      .def("__len__", &Ipv4Range::size)
      .def("__contains__", &Ipv4Range::contains)
      .def(py::self == py::self)
      .def("__repr__", [](const Ipv4Range& r) {
        return "Ipv4Range(" + r.first.to_string() + ", " + r.last.to_string() + ")";
      });

  bind_value<Ipv4Network>(m, "Ipv4Network", "A network in CIDR notation (RFC 4632); its host bits are zero.")
      .def_property_readonly("network", &Ipv4Network::network)
      .def_property_readonly("prefix_length", &Ipv4Network::prefix_length, "In bits, 0 to 32.")
      .def_property_readonly("netmask", &Ipv4Network::netmask)
      .def_property_readonly("broadcast", &Ipv4Network::broadcast)
      .def_property_readonly("range", &Ipv4Network::range)
      .def("__contains__", py::overload_cast<Ipv4Address>(&Ipv4Network::contains, py::const_))
      .def("overlaps", &Ipv4Network::overlaps, py::arg("other"));

  bind_value<MacAddress>(m, "MacAddress", "An Ethernet address; written in lower case with ':'.");
  bind_value<Uuid>(m, "Uuid", "A client machine's UUID as PXE sends it (RFC 4578).");
  bind_value<HostName>(m, "HostName", "One label of a host name (RFC 1123).");
  bind_value<DomainName>(m, "DomainName", "A domain: labels joined by '.'.");

  m.def(
      "minimal_networks", [](std::vector<Ipv4Range> ranges) { return minimal_networks(std::move(ranges)); },
      py::arg("ranges"),
      "The fewest networks that together hold exactly the addresses of `ranges`, ascending.");
  m.def(
      "expand_range", [](const std::string& text, int base) { return expand_range(text, base_of(base)); },
      py::arg("text"), py::arg("base") = 10,
      "The names that a node range such as \"ssi[1-4,7]\" stands for. Base 16 counts in hexadecimal, as in "
      "MAC\n"
      "addresses. Raises ArgumentError.");
  m.def(
      "compress_range",
      [](const std::vector<std::string>& names, int base) { return compress_range(names, base_of(base)); },
      py::arg("names"), py::arg("base") = 10,
      "The inverse of expand_range: a short list of ranges that expands to exactly `names`, in the same "
      "order.");
  m.def(
      "pxelinux_name", [](const std::string& text) { return pxelinux_name(std::string_view(text)); },
      py::arg("text"),
      "The boot file name of an address, a MAC address or a UUID (syslinux doc/pxelinux.txt). Raises "
      "ArgumentError.");
  m.def("pxelinux_name", py::overload_cast<Ipv4Address>(&pxelinux_name), py::arg("address"));
  m.def("pxelinux_name", py::overload_cast<const MacAddress&>(&pxelinux_name), py::arg("mac"));
  m.def("pxelinux_name", py::overload_cast<const Uuid&>(&pxelinux_name), py::arg("uuid"));
  m.def("pxelinux_names", &names_of, py::arg("text"),
        "The boot file names that together match exactly `text`: an address, a network, a MAC address or a "
        "UUID.");
  m.def("pxelinux_names", py::overload_cast<Ipv4Range>(&pxelinux_names), py::arg("range"));
  m.def("pxelinux_names", py::overload_cast<const Ipv4Network&>(&pxelinux_names), py::arg("network"));
  m.def(
      "parse_pxelinux_name",
      [](const std::string& name) -> py::object {
        auto subject = parse_pxelinux_name(name);
        if (!subject) return py::none();
        if (std::holds_alternative<DefaultBootFile>(*subject)) return py::str("default");
        return std::visit(
            [](const auto& value) -> py::object {
              if constexpr (std::is_same_v<std::decay_t<decltype(value)>, DefaultBootFile>) {
                return py::str("default");
              } else {
                return py::cast(value);
              }
            },
            *subject);
      },
      py::arg("name"),
      "The machines that a boot file name matches: a Uuid, a MacAddress, an Ipv4Network or \"default\"; None "
      "if\n"
      "pxelinux never requests the name.");
  m.def(
      "pxelinux_search_order",
      [](std::optional<Uuid> uuid, std::optional<MacAddress> mac, std::optional<Ipv4Address> address) {
        return pxelinux_search_order({uuid, mac, address});
      },
      py::kw_only(), py::arg("uuid") = py::none(), py::arg("mac") = py::none(),
      py::arg("address") = py::none(),
      "The boot file names that a machine tries, in order; it loads the first that exists.");
}

}  // namespace krgboot::bindings
