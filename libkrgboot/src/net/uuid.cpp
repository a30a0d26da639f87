#include "krgboot/net/uuid.hpp"

#include <algorithm>

#include "net/hex.hpp"
#include "net/parsed.hpp"

namespace krgboot {

namespace {
constexpr std::array<std::size_t, 4> dashed{4, 6, 8, 10};
}

std::optional<Uuid> Uuid::parse(std::string_view text) noexcept {
  auto octets = net::parse_octets<16>(text, '-', dashed);
  if (!octets) return std::nullopt;
  Uuid uuid;
  uuid.octets_ = *octets;
  return uuid;
}

Uuid Uuid::from_string(std::string_view text) {
  return net::parsed(parse(text), text, "uuid.syntax", "a UUID",
                     "hex digits in groups of 8-4-4-4-12, such as b8945908-d6a6-41a9-811d-74a6ab80b83d");
}

std::string Uuid::to_string() const {
  return net::format_octets(octets_, '-', dashed);
}

bool Uuid::is_placeholder() const noexcept {
  auto all = [&](std::uint8_t value) {
    return std::all_of(octets_.begin(), octets_.end(),
                       [value](std::uint8_t octet) { return octet == value; });
  };
  return all(0x00) || all(0xff);
}

}  // namespace krgboot

std::size_t std::hash<krgboot::Uuid>::operator()(const krgboot::Uuid& uuid) const noexcept {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    high = high << 8U | uuid.octets()[i];
    low = low << 8U | uuid.octets()[i + 8];
  }
  // Multiplying one half first gives different hashes to UUIDs with two equal halves, such as placeholders.
  return std::hash<std::uint64_t>{}(high * 0x9e3779b97f4a7c15U ^ low);
}
