#include "krgboot/plan/manifest.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/render.hpp"
#include "krgboot/formats/root_tree/mount_unit.hpp"
#include "krgboot/net/pxelinux_name.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/format_version.hpp"
#include "base/overloaded.hpp"
#include "json_text.hpp"

namespace krgboot {

using nlohmann::ordered_json;

namespace {

constexpr std::string_view magic = "krgboot manifest ";
constexpr std::string_view header = "krgboot manifest 1\n";

constexpr std::pair<Owned::Kind, std::string_view> kind_names[] = {
    {Owned::Kind::file, "file"},
    {Owned::Kind::directory, "directory"},
    {Owned::Kind::link, "link"},
    {Owned::Kind::edit, "edit"},
};

constexpr Role all_roles[] = {Role::dhcpd_conf, Role::tftpd_conf, Role::exports,
                              Role::loader,     Role::boot_file,  Role::kernel,
                              Role::mount_unit, Role::image_file, Role::directory};

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
                  "one knows form 1): use that krgboot, or one that is newer still",
                  manifest_name, version));
}

bool by_path(const Owned& a, const Owned& b) {
  return a.path < b.path;
}

Owned::Kind kind_of(std::string_view text) {
  for (const auto& [kind, name] : kind_names) {
    if (name == text) return kind;
  }
  damaged("unknown kind " + in_quotes(text));
}

Role role_of(std::string_view text) {
  for (auto role : all_roles) {
    if (to_string(role) == text) return role;
  }
  damaged("unknown role " + in_quotes(text));
}

bool is_normal(std::string_view path) noexcept {
  if (path.size() < 2 || path.front() != '/' || path.find('\0') != std::string_view::npos) return false;
  auto parts = split(path.substr(1), '/');
  return std::none_of(parts.begin(), parts.end(),
                      [](auto part) { return part.empty() || part == "." || part == ".."; });
}

bool lies_in(std::string_view path, std::string_view directory) noexcept {
  return is_normal(directory) && path.size() > directory.size() &&
         path.substr(0, directory.size()) == directory && path[directory.size()] == '/';
}

/// Whole files and links of krgboot's in an image: below /etc, and the last component says whose they are,
/// after the number that rc.d wants: "krgboot", "krgboot.conf", "S10krgboot-hostname".
bool is_own_image_name(std::string_view path, std::string_view within) noexcept {
  if (!lies_in(path, within)) return false;
  auto inside = path.substr(within.size());
  if (inside.substr(0, 5) != "/etc/") return false;
  auto name = inside.substr(inside.rfind('/') + 1);
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (name.size() > 3 && (name[0] == 'S' || name[0] == 'K') && is_digit(name[1]) && is_digit(name[2]))
    name.remove_prefix(3);
  constexpr std::string_view ours = "krgboot";
  if (name.substr(0, ours.size()) != ours) return false;
  return name.size() == ours.size() || name[ours.size()] == '.' || name[ours.size()] == '-';
}

}  // namespace

const Owned* Manifest::find(std::string_view path) const noexcept {
  auto found = std::lower_bound(entries.begin(), entries.end(), path,
                                [](const Owned& owned, std::string_view p) { return owned.path < p; });
  return found != entries.end() && found->path == path ? &*found : nullptr;
}

// kind, role, path, for an edit its JSON, and the image for what lies in one, with tabs between: no path of
// ours has a tab, and JSON escapes them.
std::string to_string(const Manifest& manifest) {
  fmt::memory_buffer text;
  text.append(header);
  for (const auto& owned : manifest.entries) {
    fmt::format_to(std::back_inserter(text), "{}\t{}\t{}", name_of(owned.kind), to_string(owned.role),
                   owned.path);
    if (!owned.edit.empty()) fmt::format_to(std::back_inserter(text), "\t{}", owned.edit);
    if (!owned.within.empty()) fmt::format_to(std::back_inserter(text), "\t{}", owned.within);
    text.push_back('\n');
  }
  return fmt::to_string(text);
}

Manifest parse_manifest(std::string_view text) {
  if (auto version = format_version(text, magic); version && *version > 1) newer(*version);
  if (text.substr(0, header.size()) != header) damaged("it does not begin as one");
  text.remove_prefix(header.size());
  Manifest manifest;
  for (auto line : split_lines(text)) {
    auto fields = split(line.substr(0, line.find('\n')), '\t');
    if (fields.size() < 3 || line.back() != '\n') damaged("the line " + in_quotes(line));
    Owned owned{kind_of(fields[0]), role_of(fields[1]), std::string(fields[2])};
    if (!is_normal(owned.path)) damaged("the path " + in_quotes(owned.path) + " is none that krgboot writes");
    std::size_t field = 3;
    if (owned.kind == Owned::Kind::edit && field < fields.size()) owned.edit = fields[field++];
    if (field < fields.size()) owned.within = fields[field++];
    // Without its image, a path in one could not be resolved safely.
    if (field != fields.size() || (owned.kind == Owned::Kind::edit && owned.edit.empty()) ||
        (owned.role == Role::image_file && owned.within.empty()) ||
        (!owned.within.empty() && !lies_in(owned.path, owned.within)))
      damaged("the line " + in_quotes(line));
    manifest.entries.push_back(std::move(owned));
  }
  std::sort(manifest.entries.begin(), manifest.entries.end(), by_path);
  return manifest;
}

std::optional<Owned> owned_by(const PlanItem& item) {
  return std::visit(
      Overloaded{
          [](const WriteFile& i) -> std::optional<Owned> {
            return Owned{Owned::Kind::file, i.role, i.path, "", i.only_within};
          },
          [](const EditFile& i) -> std::optional<Owned> {
            return Owned{Owned::Kind::edit, i.role, i.path, json_of(i.edit).dump(), i.only_within};
          },
          [](const CopyFile& i) -> std::optional<Owned> {
            return Owned{Owned::Kind::file, i.role, i.path, ""};
          },
          [](const Link& i) -> std::optional<Owned> {
            return Owned{Owned::Kind::link, i.role, i.path, "", i.only_within};
          },
          [](const MakeDirectory& i) -> std::optional<Owned> {
            return Owned{Owned::Kind::directory, Role::directory, i.path, "", i.only_within};
          },
          [](const Remove&) -> std::optional<Owned> { return std::nullopt; },
          [](const ReloadService&) -> std::optional<Owned> { return std::nullopt; },
      },
      item);
}

Edit edit_of(const Owned& owned) {
  try {
    auto json = ordered_json::parse(owned.edit);
    auto kind = json.at("kind").get<std::string>();
    if (kind == "include") return IncludeLine{json.at("path")};
    if (kind == "block") return MarkedBlock{json.at("name"), json.at("body")};
    if (kind == "accounts") {
      auto database = accounts::parse_database(json.at("database").get<std::string>());
      if (!database) damaged("unknown accounts " + in_quotes(owned.edit));
      AccountLines lines{*database, {}};
      for (const auto& name : json.at("names")) {
        lines.accounts.emplace_back();
        lines.accounts.back().name = name;
      }
      return lines;
    }
    if (kind == "tftpd_defaults") {
      auto style = json.at("style") == "run_daemon" ? TftpdDefaultsStyle::run_daemon
                                                    : TftpdDefaultsStyle::tftp_directory;
      return TftpdDefaults{style, json.at("tftp_root")};
    }
    damaged("unknown edit " + in_quotes(kind));
  } catch (const nlohmann::json::exception& error) {
    damaged(error.what());
  }
}

bool is_own_name(Role role, std::string_view path, std::string_view within) noexcept {
  if (!is_normal(path)) return false;
  auto parts = split(path, '/');  // at least "" and a name
  auto name = parts.back();
  auto parent = parts[parts.size() - 2];
  switch (role) {
    case Role::boot_file:
      return parent == "pxelinux.cfg" && parse_pxelinux_name(name).has_value();
    case Role::loader:
      return name == "pxelinux.0" || name == "ldlinux.c32";
    // Below boot/<image>/ of a TFTP root, and so never in the server's own /boot.
    case Role::kernel:
      return path.find("/boot/", 1) != std::string_view::npos && parent != "boot";
    case Role::exports:
      return parent == "exports.d" && exports::parse_drop_in_name(name).has_value();
    case Role::mount_unit: {
      auto folder = path.substr(0, path.rfind('/'));
      return (folder == mount_unit::folder || folder == mount_unit::wants_folder) &&
             mount_unit::parse_name(name).has_value();
    }
    case Role::dhcpd_conf:
      return std::any_of(releases().begin(), releases().end(),
                         [&](const Release& r) { return path == r.dhcpd_krgboot_conf; });
    case Role::directory:
      return true;  // only ever removed when empty
    case Role::image_file:
      return is_own_image_name(path, within);
    case Role::tftpd_conf:
      return false;  // others' files: edited, never removed
  }
  return false;
}

}  // namespace krgboot
