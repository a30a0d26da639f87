// /etc/nfs.conf: positions lie within the text, and a later file overrides an earlier one.
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/nfs_conf.hpp"

#include <string>

#include "fuzz.hpp"

using namespace krgboot;
using fuzz::require;

namespace {

void require_place(const Location& where, std::size_t lines) {
  require(where.file == "nfs.conf", "the place is in this file");
  require(where.position.line >= 1 && where.position.line <= lines, "its line is in the text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = std::string(fuzz::text_of(data, size));
  auto lines = split_lines(text).size();
  NfsConf conf;
  conf.add(text, "nfs.conf");
  for (const auto* name : {"vers2", "vers3", "vers4", "threads", "rootdir"}) {
    for (const auto* section : {"nfsd", "exports", "environment"}) {
      if (const auto* found = conf.find(section, name)) require_place(found->where, lines);
    }
  }
  for (int version : {2, 3, 4}) {
    if (auto off = conf.switches_off(version)) require_place(*off, lines);
  }
  conf.add("[nfsd]\nvers3=n\nvers4=y\n", "nfs.conf.d/z.conf");
  auto off = conf.switches_off(3);
  require(off && off->file == "nfs.conf.d/z.conf" && off->position.line == 2, "a later file wins");
  require(!conf.switches_off(4), "in both directions");
  return 0;
}
