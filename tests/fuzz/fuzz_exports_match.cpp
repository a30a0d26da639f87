// Which clients an exports file admits. The input has an address and a path on its first line, then the file;
// the part after a line "--" is a second file. The index must find the same entry as a linear search.
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/match.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"

#include <string>
#include <vector>

#include "fuzz.hpp"

using namespace krgboot;
using namespace krgboot::exports;
using fuzz::require;

namespace {

std::vector<std::string> names_of(Ipv4Address address) {
  if (address.last_octet() % 4 == 0) return {};
  return {"ssi" + std::to_string(address.last_octet()) + ".mycluster.home",
          "ssi" + std::to_string(address.last_octet())};
}

std::string parent(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// The deciding entry, found by linear search; nullptr if there is none.
const Entry* decisive(const std::vector<ExportsTable>& tables, Ipv4Address address, std::string path,
                      const NamesOf& names) {
  for (;;) {
    const Entry* best = nullptr;
    for (const auto& table : tables) {
      for (const auto& entry : table.list()) {
        auto client = Client::parse(entry.client);
        if (normal_path(entry.path) != path || client.match(address, names) != Matching::yes) continue;
        if (best == nullptr || client.kind() < Client::parse(best->client).kind()) best = &entry;
      }
    }
    if (best != nullptr || path == "/") return best;
    path = parent(path);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto head = fuzz::take_line(text);
  auto blank = head.find(' ');
  auto address = Ipv4Address::parse(head.substr(0, blank)).value_or(Ipv4Address(0xc0a80065));
  auto path =
      blank == std::string_view::npos ? std::string_view("/NFSROOT/kerrighed/var") : head.substr(blank + 1);
  auto cut = text.find("--\n");
  std::vector<ExportsTable> tables{ExportsTable::parse(text.substr(0, cut), "exports")};
  if (cut != std::string_view::npos) tables.push_back(ExportsTable::parse(text.substr(cut + 3), "a.exports"));

  for (const NamesOf& names : {NamesOf(), NamesOf(names_of)}) {
    ExportsView view(tables, {names, {}});
    (void)view.diagnostics();
    auto verdict = view.would_allow(address, path);
    (void)verdict.explain();
    auto wanted = normal_path(path);
    if (wanted.empty() || wanted.front() != '/') {
      require(verdict.admission == Admission::refused, "a path that is not absolute is refused");
      continue;
    }
    const auto* entry = decisive(tables, address, wanted, names);
    require((entry != nullptr) == verdict.entry.has_value(), "an entry decides where one matches");
    if (entry == nullptr) {
      require(verdict.admission != Admission::allowed, "without an entry nobody is admitted");
      continue;
    }
    require(verdict.entry->where == entry->where, "the first by kind and order decides");
    require(verdict.exported_path == normal_path(entry->path), "its path is the one exported");
    auto access = entry->effective.access(Flavor::sys);
    require((verdict.admission == Admission::allowed) == access.has_value(), "its flavors admit or refuse");
    if (access) require(verdict.read_only == access->read_only, "its rights are those of the verdict");
  }
  return 0;
}
