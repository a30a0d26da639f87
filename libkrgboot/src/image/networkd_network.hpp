#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// The combined settings of a systemd-networkd .network file and its drop-in files (systemd.network(5)), as
/// far as a diskless node needs them: may the file apply to the card that carries the NFS root, and does that
/// card keep its address?
class NetworkdNetwork {
 public:
  /// Adds the text of the file, then those of its drop-in files in the order of their names: later settings
  /// override earlier ones.
  void add(std::string_view text);

  /// False if [Match] can only match interfaces that no machine boots from: wireless cards, the loopback, and
  /// interfaces made by networkd or a container engine (bridges, tunnels, virtual Ethernet).
  bool may_be_of_boot_card() const;

  /// True for KeepConfiguration=yes, for CriticalConnection=yes of older versions, and for Unmanaged=yes,
  /// which leaves the card alone.
  bool keeps_address() const;

 private:
  using Words = std::vector<std::string>;
  void match(const std::string& name, std::string_view value);
  const Words& words(std::string_view name) const;

  std::map<std::string, Words, std::less<>> matches_;  ///< the lists of [Match] by key
  bool in_container_ = false;
  std::string keep_;
  bool critical_ = false;
  bool unmanaged_ = false;
};

}  // namespace krgboot
