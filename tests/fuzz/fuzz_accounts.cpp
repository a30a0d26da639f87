// passwd, shadow, group and gshadow: foreign lines stay unchanged to the byte, a second edit changes nothing,
// and no hash is shown. The input has the accounts, one a line (NAME HASH UID GROUP...), an empty line, and
// the file.
#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/root_tree/accounts.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "fuzz.hpp"

using namespace krgboot;
using fuzz::require;

namespace {

std::vector<accounts::Account> take_accounts(std::string_view& rest) {
  std::vector<accounts::Account> all;
  for (auto line = fuzz::take_line(rest); !line.empty(); line = fuzz::take_line(rest)) {
    auto words = split(line, ' ');
    accounts::Account account;
    account.name = words[0];
    if (account.name.empty() || all.size() == 8) continue;
    account.password_hash = words.size() > 1 ? words[1] : "*";
    account.new_uid = 1000 + static_cast<unsigned>(all.size());
    auto uid = parse_decimal(words.size() > 2 ? words[2] : "", 0xfffffffeUL);
    if (uid && account.name != "root")
      account.uid = static_cast<unsigned>(*uid);  // validation reserves 0 for root
    for (std::size_t i = 3; i < words.size(); ++i) account.groups.emplace_back(words[i]);
    if (words.size() > 4) account.home = std::string(words[4]);
    all.push_back(std::move(account));
  }
  return all;
}

std::string_view name_in(std::string_view line) {
  return line.substr(0, line.find_first_of(":\n"));
}

std::optional<std::string> after_setting(accounts::Database database, std::string_view text,
                                         const std::vector<accounts::Account>& all) {
  try {
    return accounts::set(database, text, all, "file");
  } catch (const ConflictError& error) {
    require(error.subject() == "file", "the file is named");
  } catch (const ArgumentError& error) {
    require(error.code() == "accounts.field", "a known code");
  }
  return std::nullopt;
}

/// The lines of `after` must be those of `before` in their order, except those of `names`.
void check_others(std::string_view before, std::string_view after, const std::set<std::string_view>& names) {
  auto others = [&](std::string_view text) {
    std::vector<std::string> lines;
    for (auto line : split_lines(text)) {
      if (line.find(':') != std::string_view::npos && names.count(name_in(line)) != 0) continue;
      lines.emplace_back(line);
      if (lines.back().back() != '\n') lines.back() += '\n';  // the lines after it need one
    }
    return lines;
  };
  require(others(before) == others(after), "lines of others stay");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto all = take_accounts(text);
  std::set<std::string_view> names;
  for (const auto& account : all) {
    names.insert(account.name);
    names.insert(account.groups.begin(), account.groups.end());
  }
  for (auto database : accounts::all_databases) {
    auto after = after_setting(database, text, all);
    if (after) {
      require(after_setting(database, *after, all) == after, "setting again changes nothing");
      check_others(text, *after, names);
      if (all.empty()) require(*after == text, "without accounts nothing changes");
    }
    auto shown = accounts::without_hashes(after.value_or(std::string(text)), text);
    require(split_lines(shown).size() == split_lines(after.value_or(std::string(text))).size(),
            "every line is shown as one");
    for (const auto& account : all) {
      // Long enough not to occur by chance in other text.
      if (account.password_hash.size() < 20 || database != accounts::Database::shadow || !after) continue;
      if (text.find(account.password_hash) != std::string_view::npos) continue;
      bool elsewhere = std::any_of(all.begin(), all.end(), [&](const accounts::Account& other) {
        return other.name.find(account.password_hash) != std::string::npos;
      });
      require(elsewhere || shown.find(account.password_hash) == std::string::npos, "no new hash is shown");
    }
  }
  return 0;
}
