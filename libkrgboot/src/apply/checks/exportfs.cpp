#include "krgboot/apply/daemon_checks.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/table.hpp"
#include "krgboot/system/process.hpp"
#include "krgboot/system/sandbox.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "apply/nfs_state.hpp"

namespace krgboot {

namespace {

/// Number of entries that exportfs must make from these tables: one for each path and client.
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

ExportfsAnswer ask_exportfs(const Root& root, const std::vector<std::string>& files) {
  ExportfsAnswer answer;
  auto program = find_program("exportfs");
  answer.check = {"exportfs", false, "nfs-kernel-server is not installed here"};
  if (!program) return answer;

  std::vector<MemoryFile> in_place{{"/etc/exports", ""},
                                   {"/etc/exports.d", std::nullopt},
                                   {"/var/lib/nfs", std::nullopt},
                                   {nfs_etab, ""},
                                   {"/var/lib/nfs/rmtab", ""}};
  std::vector<std::string> texts;
  for (const auto& file : files) {
    texts.push_back(root.read_file(file).value_or(""));
    in_place.push_back({fmt::format("/etc/exports.d/{}.exports", texts.size()), texts.back()});
  }
  answer.argv = {*program, "-ra"};
  auto sandboxed = run_with_files(in_place, answer.argv, {}, {nfs_etab});
  answer.check.detail = sandboxed.unavailable;
  if (!sandboxed.result) return answer;

  answer.status = sandboxed.result->status;
  answer.taken = split_lines(sandboxed.files[nfs_etab]).size();
  answer.expected = expected_entries(texts);
  // A missing directory has its own finding; exportfs keeps its entry all the same.
  answer.said = without_missing_directories(sandboxed.result->output);
  answer.check = {"exportfs", true, fmt::format("exportfs takes all {} entries", answer.taken)};
  return answer;
}

DaemonCheck check_exportfs(const Root& root, const std::vector<std::string>& files) {
  auto answer = ask_exportfs(root, files);
  if (answer.taken != answer.expected || !trim(answer.said).empty()) {
    throw CommandError("exportfs.check", answer.argv, answer.status,
                       fmt::format("{} of {} entries taken\n{}", answer.taken, answer.expected, answer.said));
  }
  return answer.check;
}

}  // namespace krgboot
