// The journal of an interrupted transaction, which the next command trusts. The checksums of the input are
// corrected first, because hardly any would be right. Also the journal's payload for apply: the services to
// reload.
#include "krgboot/base/error.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "apply/recovery.hpp"
#include "fuzz.hpp"
#include "system/journal.hpp"

using namespace krgboot;
using fuzz::require;

namespace {

std::string checksum(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return fmt::format("{:016x}", hash);
}

/// `text` with the right checksums after "begun" and "end".
std::string mended(std::string_view text) {
  std::string result(fuzz::take_line(text));
  result += '\n';
  std::string since;
  while (!text.empty()) {
    auto line = fuzz::take_line(text);
    auto word = line.substr(0, line.find(' '));
    if (word == "begun" || word == "end") {
      result += since + std::string(word) + ' ' + checksum(since) + '\n';
      since.clear();
    } else {
      since += std::string(line) + '\n';
    }
  }
  return result + since;
}

void journal(std::string_view text) {
  std::optional<ParsedJournal> parsed;
  try {
    parsed = parse_journal(text, "journal");
  } catch (const ConflictError& error) {
    require(error.code() == "journal.damaged" || error.code() == "journal.newer", "a documented code");
    return;
  }
  if (!parsed) return;
  auto written = header_text(parsed->record) + operations_text(parsed->record);
  auto again = parse_journal(phase_line(parsed->phase) + written.substr(written.find('\n') + 1), "journal");
  require(again && again->phase == parsed->phase, "the phase reads back");
  if (parsed->phase != Phase::staging) require(again->record == parsed->record, "a journal reads back");
  for (const auto& operation : parsed->record.operations) {
    require(operation.directory < parsed->record.directories.size(), "an operation is in a directory");
    require(operation.name.find('/') == std::string::npos, "its name is one component");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  journal(text);
  journal(mended(text));
  auto reloads = fuzz::unless<ConflictError>([&] { return reloads_in(std::string(text), "journal"); });
  if (!reloads) return 0;
  // Every command comes from the table, regardless of the payload.
  auto is_ours = [](const Reload& reload) {
    return std::any_of(releases().begin(), releases().end(), [&](const Release& release) {
      return reload.argv == reload_command(release, reload.service);
    });
  };
  require(std::all_of(reloads->begin(), reloads->end(), is_ours), "only commands of the table are run");
  auto again = reloads_in(payload_of(ReleaseName::bookworm, *reloads), "journal");
  auto same_service = [](const Reload& a, const Reload& b) { return a.service == b.service; };
  require(std::equal(again.begin(), again.end(), reloads->begin(), reloads->end(), same_service),
          "the services to reload read back");
  return 0;
}
