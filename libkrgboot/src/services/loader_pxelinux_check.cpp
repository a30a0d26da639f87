#include "krgboot/base/text.hpp"
#include "krgboot/formats/loader/boot_path.hpp"
#include "krgboot/formats/loader/pxelinux/name.hpp"
#include "krgboot/formats/loader/pxelinux/render.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "model/cluster_builder.hpp"
#include "model/names.hpp"
#include "services/extra_lines.hpp"
#include "services/loader_pxelinux.hpp"
#include "services/spec_position.hpp"

namespace krgboot {

namespace {

std::string upper_word(std::string_view& line) {
  line = trim(line);
  auto end = std::min(line.find_first_of(" \t"), line.size());
  auto word = to_upper(line.substr(0, end));
  line.remove_prefix(end);
  return word;
}

// Keywords that choose what to boot or its command line, or begin another entry (doc/syslinux.txt of
// syslinux).
constexpr std::array<std::string_view, 14> entry_keywords = {
    "LABEL",   "KERNEL", "LINUX",  "BOOT",   "BSS",    "PXE",     "FDIMAGE",
    "COMBOOT", "COM32",  "CONFIG", "APPEND", "INITRD", "DEFAULT", "LOCALBOOT"};

/// Reports raw lines of a LABEL that would change what it boots, or swallow the text after them.
void check_lines(model::Report& report, const ExtraLines& lines, const std::string& key) {
  std::optional<std::size_t> text;  // where a TEXT block began
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& line = lines[i];
    auto line_key = extra_key(key, i);
    if (!check_control(report, line, line_key)) continue;
    std::string_view rest = line.value;
    auto word = upper_word(rest);
    if (text) {
      if (word == "ENDTEXT") text.reset();
      continue;
    }
    if (word == "TEXT") text = i;
    if (std::find(entry_keywords.begin(), entry_keywords.end(), word) != entry_keywords.end()) {
      report.error(line.at, line_key, "extra.keyword",
                   fmt::format("the line {} would change what the entry boots", in_quotes(line.value)),
                   fmt::format("{} is krgboot's own: use the keys of the boot entry", word));
    }
    if (word == "IPAPPEND" || word == "SYSAPPEND") {
      // Bit 0 adds ip=ADDRESS:..., which the kernel would use instead of the ip=dhcp before it. The last
      // digit shows it in every base that strtoul(3) reads.
      auto flags = trim(rest);
      constexpr std::string_view odd_digits = "13579bdfBDF";
      if (!flags.empty() && odd_digits.find(flags.back()) != std::string_view::npos) {
        report.error(line.at, line_key, "extra.ip",
                     fmt::format("the line {} adds a second ip= to the command line", in_quotes(line.value)),
                     "leave out 1 from the sum of flags");
      }
    }
  }
  if (text) {
    report.error(
        lines[*text].at, extra_key(key, *text), "extra.text",
        fmt::format("the TEXT of {} has no ENDTEXT, so that it would swallow the rest of the file", key));
  }
}

/// Checks a file of the image's /boot, which nodes fetch as boot/IMAGE/FILE.
void check_path(ClusterBuilder& cluster, const BootSpec& boot, const char* name,
                const Field<std::string>& file) {
  if (!file || !boot.image) return;
  Image image{};
  image.name = *boot.image;
  auto path = boot_path(image, *file);
  if (path.size() <= pxelinux::max_path_length) return;
  cluster.report.error(
      file.at, fmt::format("{}.{}", model::named_key("boot", boot.name), name), "boot.tftp_path_too_long",
      fmt::format("nodes would fetch {}, which has {} characters, but pxelinux takes {} at most",
                  in_quotes(path), path.size(), pxelinux::max_path_length),
      "shorten the name of the image or of the file");
}

/// Reports UUIDs for which pxelinux 5 and later does not look for a boot file: see pxelinux_asks_for.
void check_uuids(ClusterBuilder& cluster) {
  using model::NodeField;
  if (!cluster.server || cluster.server->release == ReleaseName::lenny) return;
  for (const auto& node : cluster.nodes) {
    auto by_uuid = cluster.spec.nodes[node.entry].boot_file.value == BootFileKind::uuid;
    if (!by_uuid || !node.uuid || node.uuid->is_placeholder() || pxelinux_asks_for(*node.uuid)) continue;
    cluster.report.error(
        cluster.at(node, NodeField::uuid), cluster.key(node, NodeField::uuid), "node.uuid_not_asked_for",
        fmt::format(
            "pxelinux does not look for a boot file of the UUID {} of {}: its third group begins with 0 "
            "or f",
            node.uuid->to_string(), cluster.who(node)),
        "use boot_file: mac or address for this machine");
  }
}

}  // namespace

void check_pxelinux(ClusterBuilder& cluster) {
  for (const auto& boot : cluster.spec.boot) {
    if (boot.extra) check_lines(cluster.report, *boot.extra, model::named_key("boot", boot.name) + ".extra");
    check_path(cluster, boot, "kernel", boot.kernel);
    check_path(cluster, boot, "initrd", boot.initrd);
  }
  check_uuids(cluster);
  auto sound = cluster.sound_part();
  for (auto& found : pxelinux::check(sound)) {
    auto at = position_of(cluster.spec, found.key);
    auto report = found.severity == Severity::error ? &model::Report::error : &model::Report::warning;
    (cluster.report.*report)(at, std::move(found.key), std::move(found.code), std::move(found.message),
                             std::move(found.hint));
  }
}

}  // namespace krgboot
