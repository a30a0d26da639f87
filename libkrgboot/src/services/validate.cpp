#include "krgboot/services/validate.hpp"

#include <utility>

#include "model/cluster_builder.hpp"
#include "model/stages.hpp"
#include "services/services.hpp"

namespace krgboot {

Validation validate(const Spec& spec) {
  ClusterBuilder builder(spec, default_programs());
  model::check_cluster(builder);
  model::check_server(builder);
  model::check_networks(builder);
  model::check_images(builder);
  model::check_boot(builder);
  model::check_nodes(builder);
  model::check_node_addresses(builder);
  model::check_reach(builder);
  model::check_kerrighed(builder);
  model::check_image_clients(builder);
  model::check_pool_rights(builder);
  for (const auto* part : parts_of(builder)) part->check(builder);
  auto outcome = std::move(builder).finish();
  return {std::move(outcome.cluster), std::move(outcome.diagnostics)};
}

}  // namespace krgboot
