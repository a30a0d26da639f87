#include "functions.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <map>

namespace krgboot::dhcpd {

namespace {

std::string number_text(std::uint32_t value, unsigned base) {
  std::string digits;
  do {
    digits += "0123456789abcdef"[value % base];
    value /= base;
  } while (value != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

std::string encoded(std::uint32_t value, unsigned bytes) {
  std::string text;
  for (auto i = bytes; i > 0; --i) text += static_cast<char>(value >> (8U * (i - 1)) & 0xffU);
  return text;
}

/// Converts 8, 16 or 32 bits to bytes; 0 for any other width.
unsigned width_in_bytes(std::int64_t bits) {
  return bits == 8 || bits == 16 || bits == 32 ? static_cast<unsigned>(bits / 8) : 0;
}

Value substring(const std::string& data, std::int64_t offset, std::int64_t length) {
  if (offset < 0 || length < 0) return {};
  auto from = static_cast<std::uint64_t>(offset);
  if (from >= data.size()) return Value::of_data("");
  return Value::of_data(data.substr(from, static_cast<std::uint64_t>(length)));
}

Value suffix(const std::string& data, std::int64_t length) {
  if (length < 0) return {};
  auto kept = std::min<std::uint64_t>(data.size(), static_cast<std::uint64_t>(length));
  return Value::of_data(data.substr(data.size() - kept));
}

Value reverse(std::int64_t width, const std::string& data) {
  if (width <= 0 || data.size() % static_cast<std::uint64_t>(width) != 0) return Value::null();
  auto hunk = static_cast<std::size_t>(width);
  std::string result;
  for (auto end = data.size(); end > 0; end -= hunk) result += data.substr(end - hunk, hunk);
  return Value::of_data(result);
}

Value binary_to_ascii(std::int64_t base, std::int64_t bits, const std::string& separator,
                      const std::string& data) {
  auto width = width_in_bytes(bits);
  if (base < 2 || base > 16 || width == 0 || data.size() % width != 0) return Value::null();
  std::string text;
  for (std::size_t i = 0; i < data.size(); i += width) {
    if (i > 0) text += separator;
    text += number_text(big_endian(std::string_view(data).substr(i, width)), static_cast<unsigned>(base));
  }
  return Value::of_data(text);
}

Value extract_int(const std::string& data, std::int64_t bits) {
  auto width = width_in_bytes(bits);
  if (width == 0 || data.size() < width) return Value::null();
  return Value::of_number(big_endian(std::string_view(data).substr(0, width)));
}

Value encode_int(std::int64_t number, std::int64_t bits) {
  auto width = width_in_bytes(bits);
  return width == 0 ? Value::null() : Value::of_data(encoded(static_cast<std::uint32_t>(number), width));
}

Value concat(const std::vector<Value>& parts) {
  std::string text;
  for (const auto& part : parts) text += part.data;
  return Value::of_data(text);
}

Value pick_first(const std::vector<Value>& values) {
  for (const auto& value : values) {
    if (!value.is(ValueKind::null)) return value;
  }
  return Value::null();
}

}  // namespace

Type Signature::type_of(std::size_t index) const {
  if (index < arguments.size()) return arguments[index];
  return more ? arguments.back() : Type::any;
}

const Signature* signature_of(std::string_view function) {
  static const std::map<std::string_view, Signature> signatures = {
      {"substring", {{Type::data, Type::number, Type::number}}},
      {"suffix", {{Type::data, Type::number}}},
      {"lcase", {{Type::data}}},
      {"ucase", {{Type::data}}},
      {"reverse", {{Type::number, Type::data}}},
      {"binary-to-ascii", {{Type::number, Type::number, Type::data, Type::data}}},
      {"encode-int", {{Type::number, Type::number}}},
      {"extract-int", {{Type::data, Type::number}, false, Type::number}},
      {"packet", {{Type::number, Type::number}}},
      {"v6relay", {{Type::number, Type::data}}},
      {"gethostname", {}},
      {"concat", {{Type::data, Type::data}, true}},
      {"pick", {{Type::data}, true}},
      {"pick-first-value", {{Type::data}, true}},
  };
  auto found = signatures.find(function);
  return found == signatures.end() ? nullptr : &found->second;
}

Value call(const std::string& function, const std::vector<Value>& arguments) {
  if (function == "pick-first-value" || function == "pick") return pick_first(arguments);
  auto any = [&](ValueKind kind) {
    return std::any_of(arguments.begin(), arguments.end(), [&](const Value& v) { return v.is(kind); });
  };
  if (any(ValueKind::null)) return Value::null();
  if (any(ValueKind::undecidable)) return {};
  const auto& a = arguments;
  if (function == "substring") return substring(a[0].data, a[1].number, a[2].number);
  if (function == "suffix") return suffix(a[0].data, a[1].number);
  if (function == "lcase") return Value::of_data(to_lower(a[0].data));
  if (function == "ucase") return Value::of_data(to_upper(a[0].data));
  if (function == "reverse") return reverse(a[0].number, a[1].data);
  if (function == "encode-int") return encode_int(a[0].number, a[1].number);
  if (function == "extract-int") return extract_int(a[0].data, a[1].number);
  if (function == "concat") return concat(a);
  if (function == "binary-to-ascii") return binary_to_ascii(a[0].number, a[1].number, a[2].data, a[3].data);
  return {};
}

Value arithmetic(char op, const Value& left, const Value& right) {
  if (!left.is(ValueKind::number) || !right.is(ValueKind::number)) return Value::null();
  // dhcpd computes in unsigned longs; krgboot does not evaluate a result that would wrap around.
  auto a = static_cast<std::uint64_t>(left.number);
  auto b = static_cast<std::uint64_t>(right.number);
  switch (op) {
    case '+':
      return Value::of_number(static_cast<std::int64_t>(a + b));
    case '-':
      return a < b ? Value{} : Value::of_number(static_cast<std::int64_t>(a - b));
    case '*':
      if (a > 0xffffffffU || b > 0x7fffffffU) return {};
      return Value::of_number(static_cast<std::int64_t>(a * b));
    case '/':
      return b == 0 ? Value::null() : Value::of_number(static_cast<std::int64_t>(a / b));
    case '%':
      return b == 0 ? Value::null() : Value::of_number(static_cast<std::int64_t>(a % b));
    case '&':
      return Value::of_number(static_cast<std::int64_t>(a & b));
    case '|':
      return Value::of_number(static_cast<std::int64_t>(a | b));
    default:
      return Value::of_number(static_cast<std::int64_t>(a ^ b));
  }
}

std::string mac_bytes(const MacAddress& mac) {
  return {mac.octets().begin(), mac.octets().end()};
}

std::string address_bytes(Ipv4Address address) {
  return encoded(address.bits(), 4);
}

}  // namespace krgboot::dhcpd
