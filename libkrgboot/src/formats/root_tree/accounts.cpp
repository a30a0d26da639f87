#include "krgboot/formats/root_tree/accounts.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace krgboot::accounts {

namespace {

struct Form {
  Database database;
  std::string_view name;
  std::size_t fields;
  unsigned mode;
};

constexpr std::array<Form, 4> forms = {{{Database::passwd, "passwd", 7, 0644},
                                        {Database::shadow, "shadow", 9, 0600},
                                        {Database::group, "group", 4, 0644},
                                        {Database::gshadow, "gshadow", 4, 0600}}};

const Form& form_of(Database database) noexcept {
  return *std::find_if(forms.begin(), forms.end(), [&](const Form& f) { return f.database == database; });
}

std::string_view without_newline(std::string_view line) noexcept {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  return line;
}

std::string_view name_in(std::string_view line) noexcept {
  return line.substr(0, line.find(':'));
}

void check_field(const std::string& value, const std::string& account) {
  auto bad = [](char c) { return c == ':' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(value.begin(), value.end(), bad)) {
    // Do not repeat the value: it may be the hash.
    throw ArgumentError("accounts.field", account,
                        fmt::format("a value of the account {} has a ':' or a control character", account));
  }
}

void check_name(const std::string& name) {
  check_field(name, name);
  if (name.empty() || name.find(',') != std::string::npos) {
    throw ArgumentError("accounts.field", name,
                        fmt::format("{} is no name: lists of members could not hold it", in_quotes(name)));
  }
}

/// One database, split into lines.
class Table {
 public:
  Table(Database database, std::string_view text, std::string_view file)
      : form_(form_of(database)), file_(file.empty() ? "/etc/" + to_string(database) : std::string(file)) {
    for (auto line : split_lines(text)) lines_.emplace_back(line);
  }

  std::string text() const {
    std::string text;
    for (const auto& line : lines_) text += line;
    return text;
  }

  /// The fields of the first line of that name; nullopt if there is none.
  std::optional<std::vector<std::string>> find(const std::string& name) const {
    auto index = index_of(name);
    if (!index) return std::nullopt;
    auto parts = split(without_newline(lines_[*index]), ':');
    if (parts.size() != form_.fields) {
      throw ConflictError(
          "accounts.line", file_,
          fmt::format("the line of {} in {} has {} fields, not {}", name, file_, parts.size(), form_.fields));
    }
    return std::vector<std::string>(parts.begin(), parts.end());
  }

  /// The other account that has this number in the third field.
  std::optional<std::string> holder(unsigned number, const std::string& but) const {
    auto text = std::to_string(number);
    for (const auto& line : lines_) {
      auto parts = split(without_newline(line), ':');
      if (parts.size() > 2 && parts[2] == text && parts[0] != but) return std::string(parts[0]);
    }
    return std::nullopt;
  }

  /// Replaces the line of `fields[0]`, or appends a new line.
  void put(const std::vector<std::string>& fields) {
    auto line = fmt::format("{}", fmt::join(fields, ":"));
    if (auto index = index_of(fields[0])) {
      auto& old = lines_[*index];
      line += old.substr(without_newline(old).size());
      old = std::move(line);
      return;
    }
    auto place = std::find_if(lines_.begin(), lines_.end(),
                              [](const std::string& l) { return l.front() == '+' || l.front() == '-'; });
    if (place == lines_.end() && !lines_.empty() && lines_.back().back() != '\n') {
      lines_.back() += '\n';
      place = lines_.end();
    }
    lines_.insert(place, line + '\n');
  }

  const std::string& file() const noexcept { return file_; }

 private:
  std::optional<std::size_t> index_of(const std::string& name) const {
    auto found = std::find_if(lines_.begin(), lines_.end(), [&](const std::string& line) {
      return line.find(':') != std::string::npos && name_in(line) == name;
    });
    if (found == lines_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - lines_.begin());
  }

  const Form& form_;
  std::string file_;
  std::vector<std::string> lines_;
};

void set_passwd(Table& table, const Account& account) {
  if (auto fields = table.find(account.name)) {
    auto& line = *fields;
    if (account.uid && line[2] != std::to_string(*account.uid)) {
      throw ConflictError("accounts.uid", table.file(),
                          fmt::format("{} has the number {} in {}, and not {}: its files would have no owner",
                                      account.name, line[2], table.file(), *account.uid));
    }
    line[1] = "x";  // a hash in passwd would override the one in shadow, and everyone could read it
    if (account.home) line[5] = *account.home;
    if (account.shell) line[6] = *account.shell;
    table.put(line);
    return;
  }
  auto uid = account.wanted_uid();
  if (auto other = table.holder(uid, account.name)) {
    throw ConflictError(
        "accounts.uid_taken", table.file(),
        fmt::format("{} cannot get the number {}: {} has it in {}", account.name, uid, *other, table.file()));
  }
  auto number = std::to_string(uid);
  table.put(
      {account.name, "x", number, number, "", account.home_directory(), account.shell.value_or("/bin/bash")});
}

void set_shadow(Table& table, const Account& account) {
  if (auto fields = table.find(account.name)) {
    (*fields)[1] = account.password_hash;
    table.put(*fields);
    return;
  }
  // The day of the last change stays empty: passwords do not age, and the same spec gives the same line on
  // every day.
  table.put({account.name, account.password_hash, "", "0", "99999", "7", "", "", ""});
}

bool is_member(std::string_view members, std::string_view name) {
  auto list = split(members, ',');
  return std::find(list.begin(), list.end(), name) != list.end();
}

void add_member(std::string& members, const std::string& name) {
  if (is_member(members, name)) return;
  if (!members.empty()) members += ',';
  members += name;
}

void set_group(Table& table, const Account& account) {
  if (table.find(account.name)) return;
  auto gid = account.wanted_uid();
  if (auto other = table.holder(gid, account.name)) {
    throw ConflictError("accounts.gid_taken", table.file(),
                        fmt::format("the group {} cannot get the number {}: {} has it in {}", account.name,
                                    gid, *other, table.file()));
  }
  table.put({account.name, "x", std::to_string(gid), ""});
}

void set_gshadow(Table& table, const Account& account) {
  if (!table.find(account.name)) table.put({account.name, "!", "", ""});
}

/// Called after all groups exist: an account may be a member of another account's group.
void join_groups(Table& table, const Account& account, Database database) {
  for (const auto& group : account.groups) {
    auto fields = table.find(group);
    if (!fields && database == Database::gshadow) continue;  // the line in group(5) is enough
    if (!fields) {
      throw ConflictError("accounts.no_group", table.file(),
                          fmt::format("there is no group {} in {} that {} could be a member of", group,
                                      table.file(), account.name));
    }
    add_member((*fields)[3], account.name);
    table.put(*fields);
  }
}

bool is_mark(std::string_view field) noexcept {
  constexpr std::array<std::string_view, 6> marks = {"", "x", "*", "!", "!!", "!*"};
  return std::find(marks.begin(), marks.end(), field) != marks.end();
}

std::string_view second_field(std::string_view line) noexcept {
  auto start = line.find(':') + 1;
  return line.substr(start, line.find(':', start) - start);
}

}  // namespace

std::string to_string(Database database) {
  return std::string(form_of(database).name);
}

std::optional<Database> parse_database(std::string_view text) noexcept {
  for (const auto& form : forms) {
    if (form.name == text) return form.database;
  }
  return std::nullopt;
}

unsigned mode_of(Database database) noexcept {
  return form_of(database).mode;
}

std::string set(Database database, std::string_view text, const std::vector<Account>& accounts,
                std::string_view file) {
  Table table(database, text, file);
  for (const auto& account : accounts) {
    check_name(account.name);
    check_field(account.password_hash, account.name);
    check_field(account.home.value_or(""), account.name);
    check_field(account.shell.value_or(""), account.name);
    switch (database) {
      case Database::passwd:
        set_passwd(table, account);
        break;
      case Database::shadow:
        set_shadow(table, account);
        break;
      case Database::group:
        set_group(table, account);
        break;
      case Database::gshadow:
        set_gshadow(table, account);
        break;
    }
  }
  if (database == Database::group || database == Database::gshadow) {
    for (const auto& account : accounts) join_groups(table, account, database);
  }
  return table.text();
}

std::string without_hashes(std::string_view text, std::string_view before) {
  std::map<std::string_view, std::string_view> known;
  for (auto line : split_lines(before)) {
    line = without_newline(line);
    if (line.find(':') != std::string_view::npos) known.emplace(name_in(line), second_field(line));
  }
  std::string result;
  for (auto whole : split_lines(text)) {
    auto line = without_newline(whole);
    auto end = whole.substr(line.size());
    auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      result += trim(line).empty() || line.front() == '#' ? line : std::string_view("(hidden)");
    } else {
      auto field = second_field(line);
      auto old = known.find(name_in(line));
      bool same = old != known.end() && old->second == field;
      result += line.substr(0, colon + 1);
      result += is_mark(field) ? field : std::string_view(same ? "(hash)" : "(new hash)");
      result += line.substr(colon + 1 + field.size());
    }
    result += end;
  }
  return result;
}

}  // namespace krgboot::accounts
