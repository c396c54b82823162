// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/aave_v3.hpp>
#include <trimtab/preset.hpp>

#include "arguments.hpp"
#include <vector>

namespace replay {

/// @brief The known systems on this account, each set to the same band: what ours keeps as a health is to each of them
/// a leverage, a collateral ratio, a loan-to-value. They only look at one collateral.
///
/// Where a system has a knob that ours has not (a pace, a step, a bonus), it is at what it was launched with, or at
/// what its documentation suggests.
class preset_cast {
public:
  /// @param opening_price of the collateral; the largest trades that some of them allow are amounts of it
  preset_cast(const arguments& a, const trimtab::health::aave_v3& model, double opening_price);

  /// Flexible leverage: recentres by 5 % of the way, never across the most it may have; its ripcord at the emergency.
  /// @param mended without the cap on repaying that reverts when it is needed most
  [[nodiscard]] auto index_coop(bool mended) const { return trimtab::preset::index_coop(model_, rules(mended), pays_); }
  [[nodiscard]] auto oasis_sell() const { return trimtab::preset::oasis_basic_sell(vault_, sell_, pays_); }
  [[nodiscard]] auto defi_saver() const { return trimtab::preset::defi_saver(model_, saver_, pays_); }
  [[nodiscard]] auto kamino() const {
    return trimtab::preset::kamino({.reserves = klend_}, orders_, {1}, {}, stranger_, pays_);
  }
  /// The contract hands the collateral over before it asks for the debt; in this world that is a flash loan, and paid
  /// for as one.
  [[nodiscard]] auto morpho_pre_liquidation() const {
    auto p = trimtab::preset::morpho_pre_liquidation(window_, stranger_, pays_);
    p.execution.funding = pays_.funding;
    return p;
  }

private:
  /// A pool that has moved by a little until he is included costs him profit; it makes nothing revert.
  static constexpr trimtab::preset::stranger stranger_{.gives_up_to = {50.0}};

  [[nodiscard]] trimtab::preset::index_coop_rules rules(bool mended) const;

  const arguments& a_;
  double opening_price_;
  trimtab::health::aave_v3 model_;
  trimtab::execution pays_{};
  trimtab::health::maker vault_{};
  trimtab::preset::oasis_order sell_{};
  trimtab::preset::defi_saver_settings saver_{};
  std::vector<trimtab::health::kamino_reserve> klend_;
  trimtab::preset::kamino_orders orders_{};
  trimtab::health::morpho_pre_liquidation window_{};
};

}  // namespace replay
