#include "krgboot/apply/daemon_checks.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/table.hpp"
#include "krgboot/system/process.hpp"
#include "krgboot/system/sandbox.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

namespace krgboot {

namespace {

/// Where exportfs writes what it has understood.
constexpr const char* etab = "/var/lib/nfs/etab";

/// Number of entries that exportfs must make of these tables: one for each path and client.
std::size_t expected_entries(const std::vector<std::string>& texts) {
  std::set<std::pair<std::string, std::string>> entries;
  for (const auto& text : texts) {
    auto table = exports::ExportsTable::parse(text);
    for (const auto& entry : table.list()) entries.emplace(entry.path, entry.client);
  }
  return entries.size();
}

std::string without_missing_directories(const std::string& output) {
  std::string text;
  for (auto line : split_lines(output)) {
    if (line.find("Failed to stat") == std::string_view::npos) text += line;
  }
  return text;
}

}  // namespace

DaemonCheck check_exportfs(const Root& root, const std::vector<std::string>& files) {
  auto program = find_program("exportfs");
  if (!program) return {"exportfs", false, "nfs-kernel-server is not installed here"};

  std::vector<MemoryFile> in_place{{"/etc/exports", ""},
                                   {"/etc/exports.d", std::nullopt},
                                   {"/var/lib/nfs", std::nullopt},
                                   {etab, ""},
                                   {"/var/lib/nfs/rmtab", ""}};
  std::vector<std::string> texts;
  for (const auto& file : files) {
    texts.push_back(root.read_file(file).value_or(""));
    in_place.push_back({fmt::format("/etc/exports.d/{}.exports", texts.size()), texts.back()});
  }
  std::vector<std::string> argv{*program, "-ra"};
  auto sandboxed = run_with_files(in_place, argv, {}, {etab});
  if (!sandboxed.result) return {"exportfs", false, sandboxed.unavailable};

  auto count = split_lines(sandboxed.files[etab]).size();
  auto expected = expected_entries(texts);
  // A directory that is not there yet is a finding of its own; the entry is in the table all the same.
  auto complaints = without_missing_directories(sandboxed.result->output);
  if (count != expected || !trim(complaints).empty()) {
    throw CommandError("exportfs.check", argv, sandboxed.result->status,
                       fmt::format("{} of {} entries taken\n{}", count, expected, complaints));
  }
  return {"exportfs", true, fmt::format("exportfs takes all {} entries", count)};
}

}  // namespace krgboot
