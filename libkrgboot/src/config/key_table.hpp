#pragma once

#include "krgboot/model/spec.hpp"

#include "config/section.hpp"

/// The table of keys: every key of cluster.yaml with its type, default and meaning, in one section_of() per
/// mapping. The reader, the JSON Schema and the reference page are all generated from it, so they always know
/// the same keys.
namespace krgboot::config {

template <>
const Section<Spec>& section_of();
template <>
const Section<ServerSpec>& section_of();
template <>
const Section<NetworkSpec>& section_of();
template <>
const Section<PoolSpec>& section_of();
template <>
const Section<ImageSpec>& section_of();
template <>
const Section<WritableSpec>& section_of();
template <>
const Section<FileSystemSpec>& section_of();
template <>
const Section<UserSpec>& section_of();
template <>
const Section<BootSpec>& section_of();
template <>
const Section<KerrighedSpec>& section_of();
template <>
const Section<NodeSpec>& section_of();

}  // namespace krgboot::config
