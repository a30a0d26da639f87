#include "krgboot/plan/manifest.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/services/services.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/format_version.hpp"
#include "base/overloaded.hpp"
#include "base/path_text.hpp"

namespace krgboot {

using nlohmann::ordered_json;

namespace {

constexpr std::string_view magic = "krgboot manifest ";
constexpr std::string_view header = "krgboot manifest 2\n";
constexpr std::string_view old_header = "krgboot manifest 1\n";
constexpr std::string_view scope_word = "scope\t";

constexpr std::pair<Owned::Kind, std::string_view> kind_names[] = {
    {Owned::Kind::file, "file"},
    {Owned::Kind::directory, "directory"},
    {Owned::Kind::link, "link"},
    {Owned::Kind::edit, "edit"},
};

std::string_view name_of(Owned::Kind kind) {
  for (const auto& [known, name] : kind_names) {
    if (known == kind) return name;
  }
  throw InternalError("a kind of manifest entry without a name");
}

[[noreturn]] void damaged(const std::string& why) {
  throw ConflictError("manifest.damaged", std::string(manifest_name),
                      fmt::format("the list of krgboot's own files ({}) is damaged: {}", manifest_name, why));
}

[[noreturn]] void newer(unsigned version) {
  throw ConflictError(
      "manifest.newer", std::string(manifest_name),
      fmt::format("the list of krgboot's own files ({}) was written by a newer krgboot (form {}; this "
                  "one knows forms 1 and 2): use that krgboot, or one that is newer still",
                  manifest_name, version));
}

bool by_path(const Owned& a, const Owned& b) {
  return std::tie(a.path, a.scope) < std::tie(b.path, b.scope);
}

Owned::Kind kind_of(std::string_view text) {
  for (const auto& [kind, name] : kind_names) {
    if (name == text) return kind;
  }
  damaged("unknown kind " + in_quotes(text));
}

Role role_of(std::string_view text) {
  if (auto role = parse_role(text)) return *role;
  damaged("unknown role " + in_quotes(text));
}

/// Can this be a whole file or symlink of krgboot's in an image? It lies below /etc, and its last component
/// begins with krgboot's name, after the sequence number that rc.d needs: "krgboot", "krgboot.conf",
/// "S10krgboot-hostname".
bool is_own_image_name(std::string_view path, std::string_view within) noexcept {
  if (!is_normal_path(within) || !is_beneath(path, within)) return false;
  auto inside = path.substr(within.size());
  if (!inside.starts_with("/etc/")) return false;
  auto name = file_name_of(inside);
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (name.size() > 3 && (name[0] == 'S' || name[0] == 'K') && is_digit(name[1]) && is_digit(name[2]))
    name.remove_prefix(3);
  constexpr std::string_view ours = "krgboot";
  if (!name.starts_with(ours)) return false;
  return name.size() == ours.size() || name[ours.size()] == '.' || name[ours.size()] == '-';
}

std::string to_json(const Scope& scope) {
  auto networks = ordered_json::array();
  for (const auto& network : scope.networks) networks.push_back(network.to_string());
  ordered_json json{{"name", scope.name}};
  if (!scope.source.empty()) json["source"] = scope.source;
  if (!networks.empty()) json["networks"] = std::move(networks);
  if (!scope.exports.empty()) json["exports"] = scope.exports;
  return json.dump(-1, ' ', true, ordered_json::error_handler_t::replace);
}

Scope scope_from(std::string_view text) {
  try {
    auto json = ordered_json::parse(text);
    Scope scope{json.at("name").get<std::string>(), json.value("source", ""), {}, {}};
    for (const auto& network : json.value("networks", ordered_json::array())) {
      auto read = Ipv4Network::parse(network.get<std::string>());
      if (!read) damaged("the network " + in_quotes(network.get<std::string>()));
      scope.networks.push_back(*read);
    }
    for (const auto& path : json.value("exports", ordered_json::array())) scope.exports.push_back(path);
    if (scope.name.empty() || has_control(scope.name)) damaged("the scope " + in_quotes(scope.name));
    return scope;
  } catch (const nlohmann::json::exception& error) {
    damaged(error.what());
  }
}

Owned entry_from(std::string_view line, const std::string& scope) {
  auto fields = split(line.substr(0, line.find('\n')), '\t');
  if (fields.size() < 3 || line.back() != '\n') damaged("the line " + in_quotes(line));
  Owned owned{kind_of(fields[0]), role_of(fields[1]), std::string(fields[2]), {}, {}, scope};
  if (!is_normal_path(owned.path))
    damaged("the path " + in_quotes(owned.path) + " is not one that krgboot writes");
  std::size_t field = 3;
  if (owned.kind == Owned::Kind::edit && field < fields.size()) owned.edit = fields[field++];
  if (field < fields.size()) owned.within = fields[field++];
  // A path in an image cannot be resolved safely if the image is not known.
  if (field != fields.size() || (owned.kind == Owned::Kind::edit && owned.edit.empty()) ||
      (owned.role == Role::image_file && owned.within.empty()) ||
      (!owned.within.empty() && !(is_normal_path(owned.within) && is_beneath(owned.path, owned.within))))
    damaged("the line " + in_quotes(line));
  return owned;
}

void append_line(fmt::memory_buffer& text, const Owned& owned) {
  fmt::format_to(std::back_inserter(text), "{}\t{}\t{}", name_of(owned.kind), to_string(owned.role),
                 owned.path);
  if (!owned.edit.empty()) fmt::format_to(std::back_inserter(text), "\t{}", owned.edit);
  if (!owned.within.empty()) fmt::format_to(std::back_inserter(text), "\t{}", owned.within);
  text.push_back('\n');
}

}  // namespace

const Owned* Manifest::find(std::string_view path, std::string_view scope) const noexcept {
  auto found = std::lower_bound(entries.begin(), entries.end(), path,
                                [](const Owned& owned, std::string_view p) { return owned.path < p; });
  for (; found != entries.end() && found->path == path; ++found) {
    if (is_of_scope(*found, scope)) return &*found;
  }
  return nullptr;
}

const Scope* Manifest::find_scope(std::string_view name) const noexcept {
  auto found =
      std::find_if(scopes.begin(), scopes.end(), [&](const Scope& scope) { return scope.name == name; });
  return found == scopes.end() ? nullptr : &*found;
}

bool is_of_scope(const Owned& owned, std::string_view scope) noexcept {
  return owned.scope.empty() || owned.scope == scope;
}

// Fields of a line: kind, role, path, for an edit its JSON, and for an entry in an image the image. Tabs
// separate them: no path of krgboot's has a tab, and JSON escapes tabs. The lines belong to the scope line
// above them.
std::string to_string(const Manifest& manifest) {
  fmt::memory_buffer text;
  text.append(header);
  auto append_all_of = [&](std::string_view scope) {
    for (const auto& owned : manifest.entries) {
      if (owned.scope == scope) append_line(text, owned);
    }
  };
  append_all_of("");
  for (const auto& scope : manifest.scopes) {
    fmt::format_to(std::back_inserter(text), "{}{}\n", scope_word, to_json(scope));
    append_all_of(scope.name);
  }
  return fmt::to_string(text);
}

Manifest parse_manifest(std::string_view text) {
  if (auto version = format_version(text, magic); version && *version > 2) newer(*version);
  auto is_old = text.starts_with(old_header);
  if (!is_old && !text.starts_with(header)) damaged("it does not begin as one");
  text.remove_prefix(header.size());
  Manifest manifest;
  std::string scope;
  for (auto line : split_lines(text)) {
    if (!is_old && line.starts_with(scope_word)) {
      if (line.back() != '\n') damaged("the line " + in_quotes(line));
      auto read = scope_from(line.substr(scope_word.size()));
      if (manifest.find_scope(read.name) != nullptr) damaged("the scope " + in_quotes(read.name) + " twice");
      scope = read.name;
      manifest.scopes.push_back(std::move(read));
      continue;
    }
    manifest.entries.push_back(entry_from(line, scope));
  }
  std::stable_sort(manifest.entries.begin(), manifest.entries.end(), by_path);
  std::sort(manifest.scopes.begin(), manifest.scopes.end(),
            [](const Scope& a, const Scope& b) { return a.name < b.name; });
  return manifest;
}

std::optional<Owned> owned_by(const PlanItem& item, const std::string& scope) {
  auto owned = [&](Owned::Kind kind, const Item& of, std::string edit = {}) {
    return Owned{kind, of.role, of.path, std::move(edit), of.within, scope};
  };
  return std::visit(
      Overloaded{
          [&](const WriteFile& i) -> std::optional<Owned> { return owned(Owned::Kind::file, i); },
          [&](const EditFile& i) -> std::optional<Owned> {
            return owned(Owned::Kind::edit, i, edit_to_json(i.edit));
          },
          [&](const CopyFile& i) -> std::optional<Owned> { return owned(Owned::Kind::file, i); },
          [&](const MakeLink& i) -> std::optional<Owned> { return owned(Owned::Kind::link, i); },
          [&](const MakeDirectory& i) -> std::optional<Owned> { return owned(Owned::Kind::directory, i); },
          [&](const Remove&) -> std::optional<Owned> { return std::nullopt; },
      },
      item);
}

Edit edit_of(const Owned& owned) {
  try {
    return edit_from_json(owned.edit);
  } catch (const ArgumentError& error) {
    damaged(error.what());
  }
}

bool is_own_name(Role role, std::string_view path, std::string_view within) noexcept {
  if (!is_normal_path(path)) return false;
  switch (role) {
    // Below boot/<image>/ of a TFTP root, and so never in the server's own /boot.
    case Role::kernel:
      return path.find("/boot/", 1) != std::string_view::npos && file_name_of(folder_of(path)) != "boot";
    case Role::directory:
      return true;  // removed only when empty
    case Role::image_file:
      return is_own_image_name(path, within);
    case Role::other:
      return true;  // only the program that applied it knows its names
    case Role::dhcp:
    case Role::tftp:
    case Role::exports:
    case Role::loader:
    case Role::boot_file:
    case Role::mount_unit:
      return is_program_file(role, path);
  }
  return false;
}

}  // namespace krgboot
