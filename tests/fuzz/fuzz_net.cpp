// Values and ranges: a value that was read is written the same, and an expanded range folds back.
#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/loader/pxelinux/name.hpp"
#include "krgboot/net/host_name.hpp"
#include "krgboot/net/ipv4.hpp"
#include "krgboot/net/mac.hpp"
#include "krgboot/net/range.hpp"
#include "krgboot/net/uuid.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "fuzz.hpp"

using namespace krgboot;
using fuzz::require;

namespace {

/// Both parsers agree, and the written value reads back.
template <class Value>
std::optional<Value> value(std::string_view text) {
  auto parsed = Value::parse(text);
  auto strict = fuzz::unless<ArgumentError>([&] { return Value::from_string(text); });
  require(parsed == strict, "from_string throws where parse gives nothing");
  if (parsed) {
    require(Value::parse(parsed->to_string()) == parsed, "to_string reads back");
    require(std::hash<Value>{}(*parsed) == std::hash<Value>{}(*strict), "equal values have equal hashes");
  }
  return parsed;
}

void values(std::string_view text) {
  if (auto address = value<Ipv4Address>(text)) {
    require(address->to_string() == text, "an address has one form");
    auto name = parse_pxelinux_name(pxelinux_name(*address));
    require(name == PxelinuxSubject(Ipv4Network::containing(*address, 32)), "the name of an address");
  }
  if (auto network = value<Ipv4Network>(text)) {
    require(network->to_string() == text, "a network has one form");
    require(minimal_networks(network->range()) == std::vector{*network}, "a network covers itself");
  }
  if (auto mac = value<MacAddress>(text)) {
    auto written = to_lower(text);
    std::replace(written.begin(), written.end(), '-', ':');
    require(mac->to_string() == written, "a MAC address is written in lower case with colons");
    require(parse_pxelinux_name(pxelinux_name(*mac)) == PxelinuxSubject(*mac), "the name of a MAC address");
  }
  if (auto uuid = value<Uuid>(text)) {
    require(uuid->to_string() == to_lower(text), "a UUID is written in lower case");
    require(parse_pxelinux_name(pxelinux_name(*uuid)) == PxelinuxSubject(*uuid), "the name of a UUID");
  }
  if (auto name = value<HostName>(text)) require(name->to_string() == text, "a name stays as it is written");
  if (auto domain = value<DomainName>(text)) {
    require(domain->to_string() == text, "a domain stays as it is written");
  }
}

void pxelinux(std::string_view text) {
  auto subject = parse_pxelinux_name(text);
  if (!subject) return;
  auto order = std::vector<std::string>{std::string(pxelinux_default)};
  if (const auto* uuid = std::get_if<Uuid>(&*subject)) order = {pxelinux_name(*uuid)};
  if (const auto* mac = std::get_if<MacAddress>(&*subject)) order = {pxelinux_name(*mac)};
  if (const auto* network = std::get_if<Ipv4Network>(&*subject)) order = pxelinux_names(*network);
  require(order == std::vector{std::string(text)}, "a boot file's name comes back from what it stands for");
}

/// Takes two addresses as eight bytes.
void cover(std::string_view bytes) {
  if (bytes.size() < 8) return;
  auto number = [&](std::size_t at) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i) bits = bits << 8U | static_cast<std::uint8_t>(bytes[at + i]);
    return Ipv4Address(bits);
  };
  auto ends = std::minmax({number(0), number(4)});
  Ipv4Range range{ends.first, ends.second};
  std::uint64_t next = range.first.bits();
  for (const auto& network : minimal_networks(range)) {
    require(network.network().bits() == next, "the networks of a range have no gap");
    next += network.size();
  }
  require(next == std::uint64_t{range.last.bits()} + 1, "the networks of a range end with it");
  next = range.first.bits();
  for (const auto& name : pxelinux_names(range)) {
    auto network = std::get<Ipv4Network>(*parse_pxelinux_name(name));
    require(network.network().bits() == next, "the names of a range have no gap");
    next += network.size();
  }
  require(next == std::uint64_t{range.last.bits()} + 1, "the names of a range end with it");
}

std::vector<std::string> expanded(const std::vector<std::string>& ranges, RangeBase base) {
  std::vector<std::string> names;
  for (const auto& range : ranges) {
    auto members = expand_range(range, base);
    names.insert(names.end(), members.begin(), members.end());
  }
  return names;
}

/// Counts the digits of the numbers after a '-'. With up to four a range is small, with eight or more it is
/// rarely valid. Lengths between take seconds under sanitizers and show nothing new.
bool is_small_or_none(std::string_view text) {
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '-') continue;
    auto end = std::min(text.find_first_not_of("0123456789abcdefABCDEF", i + 1), text.size());
    digits += end - (i + 1);
  }
  return digits <= 4 || digits >= 8;
}

void range(std::string_view text, RangeBase base) {
  if (!is_small_or_none(text)) return;
  auto names = fuzz::unless<ArgumentError>([&] { return expand_range(text, base); });
  if (!names) {
    require(is_range(text) || text.empty() || text.find_first_of("],") != std::string_view::npos,
            "a text without brackets is a name");
    return;
  }
  require(!names->empty() && names->size() <= max_range_size,
          "a range has between one and a million members");
  if (!is_range(text)) require(*names == std::vector{std::string(text)}, "a name is its own range");
  if (names->size() > 5000) return;
  require(expanded(compress_range(*names, base), base) == *names, "ranges expand to the names they fold");
}

void list(std::string_view text, RangeBase base) {
  std::vector<std::string> names;
  for (auto name : split(text, '\n')) names.emplace_back(name);
  auto holdable = std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return !name.empty() && name.find_first_of("[],") == std::string::npos;
  });
  auto ranges = fuzz::unless<ArgumentError>([&] { return compress_range(names, base); });
  require(ranges.has_value() == holdable, "every name without brackets and commas folds");
  if (ranges) {
    require(ranges->size() <= names.size(), "folding makes no list longer");
    require(expanded(*ranges, base) == names, "ranges expand to the names they fold");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  cover(text);
  values(text);
  pxelinux(text);
  if (size <= 512) {
    for (auto base : {RangeBase::decimal, RangeBase::hexadecimal}) {
      range(text, base);
      list(text, base);
    }
  }
  return 0;
}
