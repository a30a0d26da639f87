#include "krgboot/base/error.hpp"
#include "krgboot/system/lock.hpp"
#include "krgboot/system/transaction.hpp"

#include <cstdio>
#include <cstring>
#include <string>

// One transaction with every kind of operation, in a root made by tests/python/test_transaction_faults.py:
//
//     transaction_driver apply ROOT       begin, stage, commit, finish
//     transaction_driver roll_back ROOT   begin, stage, commit, roll back, finish
//     transaction_driver recover ROOT     the first work of every krgboot command; prints outcome and payload
//
// Exit status 0: done; 1: refused, all files are old; 3: all files are new, but the cleanup failed.

namespace {

using krgboot::RecoveryReport;
using krgboot::Root;
using krgboot::Transaction;

constexpr const char* payload = "reload isc-dhcp-server\nexportfs -ra\n";

void stage(const Root& root, Transaction& transaction) {
  transaction.begin({"/etc", "/etc/exports.d", "/srv/tftp", "/srv/tftp/pxelinux.cfg", "/srv/tftp/old"},
                    payload);
  transaction.stage_file("/etc/exports", "new exports\n", 0644);
  transaction.stage_file("/etc/exports.d/kerrighed.exports", "new table\n", 0640);
  transaction.remove_file("/etc/exports.d/gone.exports");
  transaction.stage_symlink("/srv/tftp/boot/vmlinuz", "/srv/tftp/vmlinuz");
  transaction.stage_symlink("new", "/srv/tftp/link");
  transaction.make_directory("/srv/tftp/pxelinux.cfg", 0755);
  transaction.stage_file("/srv/tftp/pxelinux.cfg/default", "DEFAULT kerrighed\n", 0644);
  transaction.stage_file("/srv/tftp/pxelinux.cfg/0A0B0C65", "DEFAULT other\n", 0644);
  transaction.make_directory("/srv/tftp/boot/deep/er", 0700);
  transaction.stage_copy(root, "/image/vmlinuz", "/srv/tftp/boot/deep/er/vmlinuz", 0644);
  transaction.stage_copy(root, "/image/vmlinuz", "/srv/tftp/kernel", 0604);
  transaction.stage_symlink("vmlinuz", "/srv/tftp/boot/deep/er/current");
  transaction.remove_file("/srv/tftp/old/only");
  transaction.remove_directory("/srv/tftp/old");
  transaction.remove_directory("/srv/tftp/kept");
}

int apply(const Root& root, bool roll_back) {
  krgboot::Lock lock(root);
  Transaction transaction(root);
  stage(root, transaction);
  transaction.commit();
  if (roll_back) transaction.roll_back();
  try {
    transaction.finish();
  } catch (const krgboot::Error& error) {
    std::fprintf(stderr, "transaction_driver: %s\n", error.what());
    return roll_back ? 1 : 3;
  }
  return 0;
}

int recover(const Root& root) {
  krgboot::Lock lock(root);
  auto report = Transaction::recover(root);
  const char* outcome = report.outcome == RecoveryReport::Outcome::nothing  ? "nothing"
                        : report.outcome == RecoveryReport::Outcome::undone ? "undone"
                                                                            : "completed";
  std::printf("%s %s\n", outcome, report.action_needed ? "action" : "quiet");
  if (report.outcome != RecoveryReport::Outcome::nothing) std::printf("%s", report.payload.c_str());
  for (const auto& path : report.left_alone) std::printf("left alone: %s\n", path.c_str());
  if (report.action_needed) Transaction::forget(root);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: transaction_driver apply|roll_back|recover ROOT\n");
    return 64;
  }
  try {
    Root root(arguments[2]);
    if (std::strcmp(arguments[1], "recover") == 0) return recover(root);
    return apply(root, std::strcmp(arguments[1], "roll_back") == 0);
  } catch (const krgboot::Error& error) {
    std::fprintf(stderr, "transaction_driver: %s\n", error.what());
    return 1;
  }
}
