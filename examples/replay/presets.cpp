// SPDX-License-Identifier: MIT
#include "presets.hpp"

#include <algorithm>
#include <chrono>

namespace replay {

using namespace trimtab;
using namespace std::chrono_literals;

namespace {

constexpr asset_id collateral{0}, debt{1};
constexpr price_slot collateral_slot{0}, debt_slot{1};
constexpr double bonus_start = 0.01, bonus_end = 0.05;  // what strangers are offered

}  // namespace

preset_cast::preset_cast(const arguments& a, const health::aave_v3& model, double opening_price)
    : a_(a), opening_price_(opening_price), model_(model) {
  pays_.funding.premium = to_basis_points(a.premium);
  pays_.wait = std::max(120s, seconds{a.delay + 60});

  vault_ = {.collateral = collateral,
            .dai = debt,
            .price = collateral_slot,
            .next_price = collateral_slot,
            .par = debt_slot,
            .mat = 1.0 / a.lt};
  sell_ = {.execution = to_basis_points(a.lower / a.lt),
           .target = to_basis_points(a.target / a.lt),
           .deviation = basis_points{100.0},
           .max_slippage = to_basis_points(a.max_slippage)};

  // Its ratio is that of the borrow form.
  saver_.repay_below = a.lower * a.ltv / a.lt;
  saver_.repay_to = a.target * a.ltv / a.lt;
  saver_.max_slippage = to_basis_points(a.max_slippage);

  for (const asset_id id : {collateral, debt}) {
    health::kamino_reserve r{.asset = id, .slot = id == collateral ? collateral_slot : debt_slot, .decimals = 18};
    if (id == collateral) {
      r.loan_to_value = to_basis_points(a.ltv);
      r.threshold = to_basis_points(a.lt);
      r.minimum_bonus = to_basis_points(bonus_start);
      r.maximum_bonus = to_basis_points(a.bonus);
    }
    klend_.push_back(r);
  }
  // Its orders name an amount: the one that would have brought the opening debt from the edge to the target.
  orders_.orders[0] = {.when = preset::kamino_condition::ltv_above,
                       .threshold = a.lt / a.lower,
                       .amount = a.debt * (a.target - a.lower) / (a.target - a.lt * (1.0 + bonus_start)),
                       .least_bonus = to_basis_points(bonus_start),
                       .largest_bonus = to_basis_points(bonus_end)};

  window_ = {.market = {.collateral = collateral,
                        .loan = debt,
                        .collateral_slot = collateral_slot,
                        .loan_slot = debt_slot,
                        .lltv = to_basis_points(a.lt)},
             .oracle_slot = collateral_slot,
             .threshold = to_basis_points(a.lt / a.lower),
             .close_factor_start = basis_points{2000.0},
             .close_factor_end = basis_points{10'000.0},
             .bonus_start = to_basis_points(bonus_start),
             .bonus_end = to_basis_points(bonus_end)};
}

preset::index_coop_rules preset_cast::rules(bool mended) const {
  const auto leverage_at = [&](double health) { return 1.0 / (1.0 - a_.lt / health); };
  preset::index_coop_rules r;
  r.most = leverage_at(a_.lower);
  r.target = leverage_at(a_.target);
  r.least = std::min(1.0001, r.target);         // ours does not lever up either
  r.interval = seconds{std::int64_t{1} << 40};  // and acts when the band is left
  r.margin_on_repay = !mended;
  r.ripcord = std::max(leverage_at(std::max(a_.emergency, a_.lt + 1e-6)), r.most);
  // As large as moves the pool by half a per cent, which is how its trades were sized; four times that in a ripcord.
  r.largest_trade = 0.0025 * a_.debt / a_.debt_share / opening_price_;
  r.ripcord_largest_trade = 4.0 * r.largest_trade;
  r.slippage = r.ripcord_slippage = to_basis_points(a_.max_slippage);
  r.twap_cooldown = 60s;
  r.ripcord_cooldown = 24s;
  return r;
}

}  // namespace replay
