#include "krgboot/formats/nfs/exports/client.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "bytes.hpp"
#include "reader.hpp"

namespace krgboot::exports {

namespace {

constexpr std::uint32_t all_bits = 0xffffffffU;
// No host name is longer (RFC 1035), and an entry with such a client and all options still fits into etab.
constexpr std::size_t longest_client = 255;

ClientKind kind_of(std::string_view text) noexcept {
  if (text.empty() || text == "*") return ClientKind::anonymous;
  if (text.substr(0, 4) == "gss/") return ClientKind::gss;
  if (text.front() == '@') return ClientKind::netgroup;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*' || text[i] == '?' || text[i] == '[') return ClientKind::wildcard;
    if (text[i] == '/') return ClientKind::subnet;
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
  }
  return ClientKind::host;
}

bool is_ipv6(const std::string& text) noexcept {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_host_name(std::string_view text) noexcept {
  auto allowed = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
           c == '_';
  };
  return std::all_of(text.begin(), text.end(), allowed) && text.find("..") == std::string_view::npos &&
         text.front() != '.' && text.front() != '-';
}

bool looks_like_address(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_digit(c) || c == '.' || c == '*' || c == '?'; }) &&
         std::any_of(text.begin(), text.end(), is_digit) && text.find('.') != std::string_view::npos;
}

bool same_letter(char a, char b) {
  return to_upper({&a, 1}) == to_upper({&b, 1});
}

}  // namespace

std::string to_string(ClientKind kind) {
  switch (kind) {
    case ClientKind::host:
      return "host";
    case ClientKind::subnet:
      return "subnet";
    case ClientKind::wildcard:
      return "wildcard";
    case ClientKind::netgroup:
      return "netgroup";
    case ClientKind::anonymous:
      return "anonymous";
    case ClientKind::gss:
      return "gss";
  }
  throw InternalError("a kind of client without a name");
}

Client Client::parse(std::string_view text) {
  Client client;
  client.text_ = std::string(text);
  client.kind_ = kind_of(text);
  if (client.kind_ == ClientKind::host) client.parse_host();
  if (client.kind_ == ClientKind::subnet) client.parse_subnet();
  return client;
}

Client Client::from_string(std::string_view text) {
  auto refuse = [&](std::string_view why) {
    throw ArgumentError("exports.client_syntax", std::string(text),
                        fmt::format("{} cannot be a client of an export: {}", in_quotes(text), why));
  };
  if (text.empty()) refuse("it is empty");
  if (text.front() == '-') refuse("a '-' at the start would make it default options");
  if (has_control(text) || text.find_first_of(" \"\\#(),") != std::string_view::npos) {
    refuse("it has a blank, a control character or one of \"\\#(),");
  }
  if (text.size() > longest_client) refuse(fmt::format("it is longer than {} bytes", longest_client));
  auto client = parse(text);
  if (auto problem = client.problem(); problem && problem->severity == Severity::error) {
    throw ArgumentError(problem->code, std::string(text), problem->message);
  }
  return client;
}

// getaddrinfo also accepts the address forms of inet_aton: "10.1" is 10.0.0.1.
void Client::parse_host() {
  in_addr address{};
  auto numeric = text_.find_first_not_of("0123456789abcdefABCDEFxX.") == std::string::npos;
  if (numeric && is_digit(text_.front()) && inet_aton(text_.c_str(), &address) == 1) {
    address_ = Ipv4Address(ntohl(address.s_addr));
    mask_ = all_bits;
  } else {
    ipv6_ = is_ipv6(text_);
  }
}

void Client::parse_subnet() {
  auto slash = text_.find('/');
  auto base = text_.substr(0, slash);
  auto mask = std::string_view(text_).substr(slash + 1);
  address_ = Ipv4Address::parse(base);
  if (!address_) {
    ipv6_ = is_ipv6(base);
    auto bits_are_good = mask.empty() || parse_decimal(mask, 128) || is_ipv6(std::string(mask));
    broken_ = !ipv6_ || !bits_are_good;
    return;
  }
  if (mask.find('.') != std::string_view::npos) {
    auto netmask = Ipv4Address::parse(mask);
    broken_ = !netmask;
    mask_ = netmask ? netmask->bits() : 0;
    return;
  }
  // nfs-utils reads the prefix length with strtoul: an empty text is 0, and leading zeros are ignored.
  auto first = mask.find_first_not_of('0');
  auto digits = mask.empty() ? "0" : first == std::string_view::npos ? "0" : mask.substr(first);
  auto bits = parse_decimal(digits, 32);
  broken_ = !bits;
  // nfs-utils shifts by 32 for a prefix of 0, which leaves all bits set: such a subnet is a single address.
  mask_ = bits && *bits > 0 ? all_bits << (32U - static_cast<unsigned>(*bits)) : all_bits;
}

std::optional<ClientProblem> Client::problem() const {
  auto warning = [](std::string code, std::string message, std::string hint) {
    return ClientProblem{Severity::warning, std::move(code), std::move(message), std::move(hint)};
  };
  // exportfs writes clients into etab without escapes, unlike paths.
  if (auto read = Reader(text_).client(); !text_.empty() && read.text != text_) {
    return warning("exports.client_form",
                   fmt::format("mountd reads the client {} as {}", in_quotes(text_), in_quotes(read.text)),
                   "a client has no blanks, quotes or escapes");
  }
  switch (kind_) {
    case ClientKind::host:
      if (address_ && !Ipv4Address::parse(text_)) {
        return warning(
            "exports.client_form",
            fmt::format("the client {} is read as the address {}", in_quotes(text_), address_->to_string()),
            "write all four octets");
      }
      if (!address_ && !ipv6_ && !is_host_name(text_)) {
        return warning("exports.client_form", fmt::format("the client {} is no host name", in_quotes(text_)),
                       text_.find(',') != std::string::npos ? "clients are separated by blanks" : "");
      }
      break;
    case ClientKind::subnet:
      if (broken_) {
        return ClientProblem{
            Severity::error, "exports.bad_subnet",
            fmt::format("the client {} is no subnet, and exportfs drops the entry", in_quotes(text_)),
            "address/bits or address/netmask"};
      }
      if (ipv6_) break;
      if (mask_ == all_bits && text_.find_first_of("123456789", text_.find('/')) == std::string::npos) {
        return warning("exports.zero_prefix",
                       fmt::format("the client {} matches only {}", in_quotes(text_), address_->to_string()),
                       "write * or 0.0.0.0/0.0.0.0 for every address");
      }
      if ((address_->bits() & ~mask_) != 0) {
        return warning(
            "exports.host_bits",
            fmt::format("the client {} has host bits, and means all of {}", in_quotes(text_),
                        Ipv4Address(address_->bits() & mask_).to_string() + text_.substr(text_.find('/'))),
            "");
      }
      break;
    case ClientKind::wildcard:
      if (looks_like_address(text_)) {
        return warning("exports.address_wildcard",
                       fmt::format("the client {} matches host names, not addresses", in_quotes(text_)),
                       "write a subnet, like 192.168.0.0/24");
      }
      break;
    case ClientKind::netgroup:
      if (text_.size() == 1) return warning("exports.client_form", "the client \"@\" names no netgroup", "");
      break;
    case ClientKind::anonymous:
    case ClientKind::gss:
      break;
  }
  return std::nullopt;
}

Matching Client::match(Ipv4Address address, const NamesOf& names) const {
  auto any_name = [&](auto&& fits) {
    if (!names) return Matching::by_name;
    auto known = names(address);
    return std::any_of(known.begin(), known.end(), fits) ? Matching::yes : Matching::no;
  };
  switch (kind_) {
    case ClientKind::host:
      if (address_) return *address_ == address ? Matching::yes : Matching::no;
      if (ipv6_) return Matching::no;
      return any_name([&](const std::string& name) { return to_lower(name) == to_lower(text_); });
    case ClientKind::subnet:
      if (broken_ || !address_) return Matching::no;
      return ((address_->bits() ^ address.bits()) & mask_) == 0 ? Matching::yes : Matching::no;
    case ClientKind::wildcard:
      return any_name([&](const std::string& name) { return wildcard_matches(text_, name); });
    case ClientKind::netgroup:
      return Matching::by_name;
    case ClientKind::anonymous:
      return Matching::yes;
    case ClientKind::gss:
      return Matching::no;
  }
  throw InternalError("a client of no kind");
}

bool operator==(const Client& a, const Client& b) {
  return a.kind_ == b.kind_ && to_lower(a.text_) == to_lower(b.text_);
}

bool Client::means_same(const Client& other) const {
  if (kind_ != other.kind_) return false;
  if (kind_ == ClientKind::anonymous) return true;
  if (address_ && other.address_ && !broken_ && !other.broken_)
    return mask_ == other.mask_ && ((address_->bits() ^ other.address_->bits()) & mask_) == 0;
  return *this == other;
}

namespace {

/// Does the set that begins at `pattern[at]` == '[' contain `c`? Moves `at` to the closing ']'. False if the
/// ']' is missing.
bool in_set(std::string_view pattern, std::size_t& at, char c) {
  auto peek = [&](std::size_t i) { return i < pattern.size() ? pattern[i] : '\0'; };
  auto negated = peek(at + 1) == '^';
  if (negated) ++at;
  bool found = false;
  if (peek(at + 1) == ']' || peek(at + 1) == '-') {
    ++at;
    found = same_letter(pattern[at], c);
  }
  auto last = peek(at);
  for (++at; at < pattern.size() && pattern[at] != ']'; last = pattern[at], ++at) {
    if (pattern[at] == '-' && peek(at + 1) != ']' && at + 1 < pattern.size()) {
      ++at;
      found = found || (last <= c && c <= pattern[at]);
    } else {
      found = found || same_letter(pattern[at], c);
    }
  }
  return found != negated;
}

}  // namespace

bool wildcard_matches(std::string_view pattern, std::string_view name) {
  // On a mismatch the last star takes one more character; earlier stars never need to change.
  constexpr auto none = std::string_view::npos;
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = none;
  std::size_t star_name = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_name = n;
      continue;
    }
    bool fits = false;
    if (p < pattern.size()) {
      if (pattern[p] == '\\' && p + 1 < pattern.size()) {
        fits = same_letter(pattern[++p], name[n]);
      } else if (pattern[p] == '[') {
        fits = in_set(pattern, p, name[n]);
      } else {
        fits = pattern[p] == '?' || same_letter(pattern[p], name[n]);
      }
    }
    if (fits) {
      ++p;
      ++n;
    } else if (star != none) {
      p = star + 1;
      n = ++star_name;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p >= pattern.size();
}

}  // namespace krgboot::exports
