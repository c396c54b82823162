// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/aave_v3.hpp>

#include <cstdint>
#include <span>

namespace trimtab::health {

/// How a SparkLend pool averages thresholds. Its repository has both; ask the deployed pool which it runs.
enum class spark_average : std::uint8_t {
  floored,  ///< to whole basis points, as Aave V3 up to v3.4
  exact,    ///< as Aave V3 since v3.5
};

/// @brief A SparkLend pool: an Aave V3 of v3.0's rules (close factor on one reserve, categories with a price source,
/// isolated collateral, siloed borrowing, nothing written off).
/// @warning Read from the repository, not from the deployed pool: which averaging, and whether an upgrade has changed
/// the rules, is for the caller to verify.
/// @source sparklend-v1-core, GenericLogic.sol (commit 16c4e61 floored, 0e19fb0 exact), LiquidationLogic.sol (077cc8c)
[[nodiscard]] constexpr aave_v3 spark(std::span<const aave_v3_reserve> reserves, spark_average average,
                                      std::span<const aave_v3_emode> emodes = {}, std::uint8_t emode = 0) noexcept {
  return {.reserves = reserves,
          .emodes = emodes,
          .emode = emode,
          .release = aave_v3_release::v3_0,
          .exact_threshold = average == spark_average::exact};
}

}  // namespace trimtab::health
