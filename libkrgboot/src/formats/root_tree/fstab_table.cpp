#include "krgboot/formats/root_tree/fstab_table.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <charconv>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace krgboot::fstab {

namespace {

constexpr std::string_view blanks = " \t";

/// A number as libmount reads it: decimal, with an optional sign.
std::optional<int> number(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    auto begin = line.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return fields;
    auto end = line.find_first_of(blanks, begin);
    fields.push_back(line.substr(begin, end - begin));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end);
  }
}

/// The mount that the fields of a line define. Sets `fault` if they are wrong.
std::optional<Mount> mount_of(const std::vector<std::string_view>& fields, std::string& fault) {
  if (fields.size() < 3) {
    fault = "the line has no file system type";
    return std::nullopt;
  }
  Mount mount;
  mount.spec = unescape(fields[0]);
  mount.file = unescape(fields[1]);
  mount.vfstype = unescape(fields[2]);
  if (fields.size() > 3) mount.options = unescape(fields[3]);
  for (std::size_t i = 4; i < fields.size() && i < 6; ++i) {
    auto value = number(fields[i]);
    if (!value) {
      fault = fmt::format("{} is not a number", in_quotes(fields[i]));
      return std::nullopt;
    }
    (i == 4 ? mount.freq : mount.passno) = *value;
  }
  return mount;
}

std::string_view without_final_slash(std::string_view path) noexcept {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path;
}

/// Does this line mount something on a directory, so that another mount there would hide it?
bool takes_a_place(const Mount& mount) {
  return !mount.file.empty() && mount.file.front() == '/' && mount.vfstype != "swap" &&
         !mount.has_option("noauto");
}

}  // namespace

bool Mount::has_option(std::string_view option) const {
  for (auto one : split(options, ',')) {
    if (one.substr(0, one.find('=')) == option) return true;
  }
  return false;
}

bool Mount::on_disk() const {
  if (has_option("bind") || has_option("rbind")) return false;
  auto starts = [&](std::string_view prefix) { return spec.compare(0, prefix.size(), prefix) == 0; };
  for (std::string_view tag : {"UUID=", "LABEL=", "PARTUUID=", "PARTLABEL=", "ID="})
    if (starts(tag)) return true;
  if (!starts("/dev/")) return false;
  for (std::string_view none : {"/dev/loop", "/dev/zram", "/dev/ram", "/dev/fuse", "/dev/nfs", "/dev/null"})
    if (starts(none)) return false;
  return true;
}

std::optional<RemotePath> Mount::remote() const {
  if (vfstype != "nfs" && vfstype != "nfs4") return std::nullopt;
  // The path begins at the first ":/"; the host may be an IPv6 address in brackets.
  auto colon = spec.find(":/");
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  return RemotePath{spec.substr(0, colon), spec.substr(colon + 1)};
}

std::string Mount::to_string() const {
  auto refuse = [](const std::string& field, std::string_view why) {
    throw ArgumentError("fstab.field", field,
                        fmt::format("{} cannot be a field of fstab: {}", in_quotes(field), why));
  };
  for (const auto* field : {&spec, &file, &vfstype, &options}) {
    if (field->empty()) refuse(*field, "it is empty");
    if (field->find('\0') != std::string::npos) refuse(*field, "it has a NUL");
  }
  if (freq < 0) refuse(std::to_string(freq), "it is below 0");
  if (passno < 0) refuse(std::to_string(passno), "it is below 0");
  return fmt::format("{} {} {} {} {} {}", escape(spec), escape(file), escape(vfstype), escape(options), freq,
                     passno);
}

std::string escape(std::string_view field) {
  std::string result;
  for (auto c : field) {
    auto special = c == ' ' || c == '\\' || has_control({&c, 1}) || (c == '#' && result.empty());
    result += special ? fmt::format("\\{:03o}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return result;
}

std::string unescape(std::string_view text) {
  auto octal = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '7'; };
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
      auto value = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
      result += static_cast<char>(value & 0xff);
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

FstabTable FstabTable::parse(std::string_view text, const std::string& file) {
  FstabTable table;
  table.text_ = std::string(text);
  std::map<std::string, Location> mounted;
  std::uint32_t line_number = 0;
  for (auto line : split_lines(text)) {
    ++line_number;
    if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    auto begin = line.find_first_not_of(blanks);
    if (begin == std::string_view::npos || line[begin] == '#') continue;
    Location where{file, Position{line_number, static_cast<std::uint32_t>(begin) + 1}};
    std::string fault;
    auto mount = mount_of(fields_of(line), fault);
    if (!mount) {
      table.diagnostics_.push_back(
          {Severity::error, "fstab.syntax", fault + "; mount ignores it", "", "", where});
      continue;
    }
    if (takes_a_place(*mount)) {
      auto [first, is_new] = mounted.emplace(without_final_slash(mount->file), where);
      if (!is_new) {
        table.diagnostics_.push_back(
            {Severity::warning, "fstab.mounted_twice",
             fmt::format("{} is mounted twice, and the later one hides the other", in_quotes(mount->file)),
             fmt::format("the first is at {}", first->second.to_string()), mount->file, where});
      }
    }
    table.lines_.push_back({std::move(*mount), std::move(where)});
  }
  return table;
}

const Mount* FstabTable::find(std::string_view file) const noexcept {
  const Mount* found = nullptr;
  for (const auto& line : lines_) {
    if (without_final_slash(line.mount.file) == without_final_slash(file)) found = &line.mount;
  }
  return found;
}

Diagnostics check(const FstabTable& table, const Release& release) {
  Diagnostics found;
  for (const auto& [mount, where] : table.list()) {
    if (release.has_run && mount.vfstype == "tmpfs" && without_final_slash(mount.file) == "/var/run") {
      found.push_back(
          {Severity::warning, "fstab.var_run",
           fmt::format("a tmpfs on /var/run hides /run, where programs of {} keep what is of this boot",
                       release.codename),
           "remove the line", mount.file, where});
    }
  }
  return found;
}

std::optional<Diagnostic> disk_finding(const Line& line) {
  const auto& mount = line.mount;
  if (!mount.on_disk() || mount.has_option("noauto")) return std::nullopt;
  auto is_swap = mount.vfstype == "swap";
  auto goes_on = mount.file == "/" || is_swap;
  auto waits = !mount.has_option("nofail") && !mount.has_option("x-systemd.automount");
  auto what = is_swap ? "fstab swaps to" : fmt::format("fstab mounts {} from", visible(mount.file));
  return Diagnostic{goes_on || !waits ? Severity::warning : Severity::error,
                    "fstab.disk",
                    fmt::format("{} the disk {}, which a node does not have{}", what, visible(mount.spec),
                                waits ? "; systemd waits 90 seconds for it" : ""),
                    waits ? "remove the line, or add nofail" : "remove the line",
                    mount.file,
                    line.where};
}

}  // namespace krgboot::fstab
