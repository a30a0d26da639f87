#include "krgboot/formats/nfs/exports/options.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "bytes.hpp"

namespace krgboot::exports {

namespace {

struct FlavorName {
  std::string_view name;
  Flavor flavor;
};
// A flavor is identified by its number, so "unix" after "sys" adds nothing.
constexpr std::array flavor_names{
    FlavorName{"krb5", Flavor::krb5}, FlavorName{"krb5i", Flavor::krb5i}, FlavorName{"krb5p", Flavor::krb5p},
    FlavorName{"unix", Flavor::sys},  FlavorName{"sys", Flavor::sys},     FlavorName{"null", Flavor::none},
    FlavorName{"none", Flavor::none},
};

constexpr std::array<std::string_view, 14> value_options{
    "anonuid=", "anongid=", "fsid=",     "mountpoint=", "mp=",          "mountpoint",   "mp",
    "refer=",   "sec=",     "replicas=", "xprtsec=",    "squash_uids=", "squash_gids=", "reexport="};

OptionFinding bad_value(std::string_view option, std::string_view wanted) {
  return {Severity::error, "exports.bad_option", std::string(option),
          fmt::format("{} is not {}", in_quotes(option), wanted), ""};
}

/// Like strtol: blanks and a sign may precede the digits, and the whole text must be a number. The result is
/// truncated to the width of a user id.
std::optional<std::uint32_t> id_number(std::string_view text) {
  std::string digits(text);
  char* end = nullptr;
  auto value = std::strtol(digits.c_str(), &end, 10);
  if (digits.empty() || *end != '\0') return std::nullopt;
  return static_cast<std::uint32_t>(static_cast<int>(value));
}

/// "N" or "N-M", where neither number is -1; a missing number is 0.
bool is_squash_range(std::string_view list) {
  auto number = [&list]() -> std::optional<int> {
    std::size_t length = !list.empty() && list.front() == '-' ? 1 : 0;
    while (length < list.size() && is_digit(list[length])) ++length;
    auto value = std::atoi(std::string(list.substr(0, length)).c_str());
    list.remove_prefix(length);
    if (value == -1) return std::nullopt;
    return value;
  };
  if (!number()) return false;
  if (!list.empty() && list.front() == '-') {
    list.remove_prefix(1);
    if (!number()) return false;
  }
  return list.empty();
}

/// 32 hex digits with any other characters between them: nfs-utils only counts the digits.
bool is_uuid(std::string_view text) {
  auto hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  return std::count_if(text.begin(), text.end(), hex) == 32;
}

bool each_known(std::string_view list, std::initializer_list<std::string_view> known) {
  auto names = split(list, ':');
  return std::all_of(names.begin(), names.end(), [&](std::string_view name) {
    return std::find(known.begin(), known.end(), name) != known.end();
  });
}

}  // namespace

std::string to_string(Flavor flavor) {
  switch (flavor) {
    case Flavor::sys:
      return "sys";
    case Flavor::none:
      return "none";
    case Flavor::krb5:
      return "krb5";
    case Flavor::krb5i:
      return "krb5i";
    case Flavor::krb5p:
      return "krb5p";
  }
  throw InternalError("a flavor without a name");
}

/// An option without a value: the flag that it sets or clears.
struct Options::Switch {
  std::string_view name;
  std::uint32_t bit;
  bool on;

  static const auto& all() {
    static constexpr std::array table{
        Switch{"ro", bit_read_only, true},
        Switch{"rw", bit_read_only, false},
        Switch{"secure", bit_insecure, false},
        Switch{"insecure", bit_insecure, true},
        Switch{"sync", bit_async, false},
        Switch{"async", bit_async, true},
        Switch{"nordirplus", bit_no_readdirplus, true},
        Switch{"security_label", bit_security_label, true},
        Switch{"nohide", bit_no_hide, true},
        Switch{"hide", bit_no_hide, false},
        Switch{"crossmnt", bit_crossmnt, true},
        Switch{"nocrossmnt", bit_crossmnt, false},
        Switch{"wdelay", bit_write_delay, true},
        Switch{"no_wdelay", bit_write_delay, false},
        Switch{"root_squash", bit_root_squash, true},
        Switch{"no_root_squash", bit_root_squash, false},
        Switch{"all_squash", bit_all_squash, true},
        Switch{"no_all_squash", bit_all_squash, false},
        Switch{"subtree_check", bit_no_subtree_check, false},
        Switch{"no_subtree_check", bit_no_subtree_check, true},
        Switch{"auth_nlm", bit_insecure_locks, false},
        Switch{"no_auth_nlm", bit_insecure_locks, true},
        Switch{"secure_locks", bit_insecure_locks, false},
        Switch{"insecure_locks", bit_insecure_locks, true},
        Switch{"acl", bit_no_acl, false},
        Switch{"no_acl", bit_no_acl, true},
        Switch{"pnfs", bit_pnfs, true},
        Switch{"no_pnfs", bit_pnfs, false},
    };
    return table;
  }

  /// A hint at the option that was probably meant by `name`, which includes the '=' if the option has a
  /// value.
  static std::string nearest(std::string_view name) {
    if (name.size() > 32) return "";  // twice the length of any option
    std::vector<std::string> known(value_options.begin(), value_options.end());
    for (const auto& s : all()) known.emplace_back(s.name);
    auto near = did_you_mean(name, known);
    return near ? fmt::format("did you mean {}?", *near) : "";
  }
};

Options::Options() : flags_(bit_read_only | bit_root_squash | bit_write_delay | bit_no_subtree_check) {}

Options Options::from_string(std::string_view text) {
  Options options;
  auto findings = options.apply(text);
  if (!findings.empty() && findings.back().severity == Severity::error) {
    const auto& fault = findings.back();
    auto message = fault.hint.empty() ? fault.message : fmt::format("{} ({})", fault.message, fault.hint);
    throw ArgumentError(fault.code, fault.option, message);
  }
  return options;
}

std::vector<OptionFinding> Options::apply(std::string_view text) {
  std::vector<OptionFinding> findings;
  active_.clear();
  auto skip_blanks = [&text] {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  };
  skip_blanks();
  while (!text.empty()) {
    auto option = text.substr(0, text.find(','));
    text.remove_prefix(std::min(option.size() + 1, text.size()));
    skip_blanks();
    if (auto finding = take(option)) {
      findings.push_back(std::move(*finding));
      if (findings.back().severity == Severity::error) break;
    }
  }
  active_.clear();
  for (auto& flavor : named_) flavor.flags |= flags_ & ~bits_by_flavor;
  return findings;
}

void Options::set(std::uint32_t bit, bool on) {
  auto change = [=](std::uint32_t& flags) { flags = on ? flags | bit : flags & ~bit; };
  change(flags_);
  for (auto index : active_) change(named_[index].flags);
}

std::optional<OptionFinding> Options::take(std::string_view option) {
  const auto& switches = Switch::all();
  auto known =
      std::find_if(switches.begin(), switches.end(), [&](const Switch& s) { return s.name == option; });
  if (known != switches.end()) {
    set(known->bit, known->on);
    return std::nullopt;
  }
  if (option == "mountpoint" || option == "mp") {
    mountpoint_ = "";
    return std::nullopt;
  }
  if (auto equals = option.find('='); equals != std::string_view::npos) {
    return take_value(option, option.substr(0, equals), option.substr(equals + 1));
  }
  return take_value(option, option, "");
}

std::optional<OptionFinding> Options::take_value(std::string_view option, std::string_view name,
                                                 std::string_view value) {
  auto is = [&](std::string_view wanted) { return name == wanted && name.size() < option.size(); };
  if (is("anonuid") || is("anongid")) {
    auto number = id_number(value);
    if (!number) return bad_value(option, "a user or group number");
    (is("anonuid") ? anonuid_ : anongid_) = *number;
    return std::nullopt;
  }
  if (is("squash_uids") || is("squash_gids")) {
    if (!is_squash_range(value)) return bad_value(option, "one number or range of numbers");
    return OptionFinding{Severity::warning, "exports.ignored_option", std::string(option),
                         fmt::format("{} has no effect", in_quotes(option)),
                         "no kernel obeys it; use all_squash"};
  }
  if (is("fsid")) {
    if (!take_fsid(value)) return bad_value(option, "a number, a UUID or fsid=root");
    return std::nullopt;
  }
  if (is("mountpoint") || is("mp")) {
    mountpoint_ = std::string(value);
    return std::nullopt;
  }
  if (is("refer") || is("replicas")) {  // the later one counts
    refer_.reset();
    replicas_.reset();
    (is("refer") ? refer_ : replicas_) = std::string(value);
    return std::nullopt;
  }
  if (is("sec")) return take_flavors(option, value);
  if ((is("xprtsec") && each_known(value, {"none", "tls", "mtls"})) ||
      (is("reexport") && each_known(value, {"none", "auto-fsidnum", "predefined-fsidnum"}))) {
    return OptionFinding{
        Severity::warning, "exports.newer_option", std::string(option),
        fmt::format("nfs-utils 2.6.2 (Debian 12) does not know {}, and would end the file here",
                    in_quotes(option)),
        "Debian 13's knows it"};
  }

  return OptionFinding{Severity::error, "exports.unknown_option", std::string(option),
                       fmt::format("exportfs does not know the option {}", in_quotes(option)),
                       Switch::nearest(option.substr(0, name.size() + 1))};
}

std::optional<OptionFinding> Options::take_flavors(std::string_view option, std::string_view names) {
  std::vector<std::size_t> active;
  for (auto name : split(names, ':')) {
    auto known = std::find_if(flavor_names.begin(), flavor_names.end(),
                              [&](const FlavorName& f) { return f.name == name; });
    if (known == flavor_names.end()) return bad_value(option, "a list of krb5, krb5i, krb5p, sys and none");
    auto found = std::find_if(named_.begin(), named_.end(),
                              [&](const FlavorFlags& f) { return f.flavor == known->flavor; });
    if (found == named_.end())
      found = named_.insert(named_.end(), {known->flavor, std::string(name), flags_});
    active.push_back(static_cast<std::size_t>(found - named_.begin()));
  }
  active_ = std::move(active);
  return std::nullopt;
}

bool Options::take_fsid(std::string_view value) {
  std::string text(value);
  char* end = nullptr;
  // The number that strtoul returns is stored even if the text is a UUID, but is not used then.
  auto number = text == "root" ? 0 : static_cast<std::uint32_t>(std::strtoul(text.c_str(), &end, 0));
  if (text == "root" || (!text.empty() && *end == '\0')) {
    fsid_ = number;
    set(bit_fsid, true);
    return true;
  }
  if (!is_uuid(value)) return false;
  fsid_ = has(bit_fsid) ? number : 0;
  fsid_uuid_ = text;
  return true;
}

std::optional<std::uint32_t> Options::fsid() const noexcept {
  if (!has(bit_fsid)) return std::nullopt;
  return fsid_;
}

std::vector<Options::FlavorFlags> Options::flavors_in_force() const {
  if (named_.empty()) return {{Flavor::sys, "sys", flags_}};
  return named_;
}

std::vector<Access> Options::flavors() const {
  std::vector<Access> result;
  for (const auto& f : flavors_in_force()) {
    result.push_back({f.flavor, (f.flags & bit_read_only) != 0, (f.flags & bit_root_squash) != 0,
                      (f.flags & bit_all_squash) != 0});
  }
  return result;
}

std::optional<Access> Options::access(Flavor flavor) const {
  for (const auto& access : flavors()) {
    if (access.flavor == flavor) return access;
  }
  return std::nullopt;
}

std::string Options::to_etab() const {
  auto pick = [](bool condition, std::string_view yes, std::string_view no) { return condition ? yes : no; };
  auto result = fmt::format(
      "{},{},{},{},{},{},{},{},{},{},{},", pick(read_only(), "ro", "rw"), pick(sync(), "sync", "async"),
      pick(write_delay(), "wdelay", "no_wdelay"), pick(hide(), "hide", "nohide"),
      pick(crossmnt(), "crossmnt", "nocrossmnt"), pick(secure(), "secure", "insecure"),
      pick(root_squash(), "root_squash", "no_root_squash"), pick(all_squash(), "all_squash", "no_all_squash"),
      pick(subtree_check(), "subtree_check", "no_subtree_check"),
      pick(secure_locks(), "secure_locks", "insecure_locks"), pick(acl(), "acl", "no_acl"));
  if (!readdirplus()) result += "nordirplus,";
  if (security_label()) result += "security_label,";
  result += pick(pnfs(), "pnfs,", "no_pnfs,");
  if (has(bit_fsid)) result += fmt::format("fsid={},", static_cast<std::int32_t>(fsid_));
  if (fsid_uuid_) result += fmt::format("fsid={},", *fsid_uuid_);
  if (mountpoint_)
    result += fmt::format("mountpoint{}{},", pick(mountpoint_->empty(), "", "="), *mountpoint_);
  if (refer_) result += fmt::format("refer={},", *refer_);
  if (replicas_) result += fmt::format("replicas={},", *replicas_);
  result += fmt::format("anonuid={},anongid={}", static_cast<std::int32_t>(anonuid_),
                        static_cast<std::int32_t>(anongid_));
  // Adjacent flavors with the same flags share one sec=.
  auto flavors = flavors_in_force();
  for (std::size_t i = 0; i < flavors.size(); ++i) {
    auto flags = flavors[i].flags;
    result += (i > 0 && flags == flavors[i - 1].flags ? ":" : ",sec=") + flavors[i].name;
    if (i + 1 < flavors.size() && flavors[i + 1].flags == flags) continue;
    result += pick((flags & bit_read_only) != 0, ",ro", ",rw");
    result += pick((flags & bit_root_squash) != 0, ",root_squash", ",no_root_squash");
    result += pick((flags & bit_all_squash) != 0, ",all_squash", ",no_all_squash");
  }
  return result;
}

}  // namespace krgboot::exports
