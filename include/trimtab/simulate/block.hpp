// SPDX-License-Identifier: MIT
#pragma once

// What happens inside a block of the world: interest, liquidation, inclusion, and how each is booked. Part of
// world.hpp, apart for its length.
#include <trimtab/simulate/world.hpp>

namespace trimtab::simulate {

template <Liquidatable H>
void world<H>::update_prices() {
  printed_now_ = false;
  for (std::size_t k = 0; k < collaterals(); ++k) {
    const oracle_feed& oracle = tape_->assets[k].oracle;
    prices_[k] = oracle.price[block_];
    while (printed_[k] < oracle.prints.size() && oracle.prints[printed_[k]].block <= block_) {
      ++printed_[k];
      printed_now_ = true;
    }
    feeds_[k] = {.protocol_at = at_unix(tape_->clock.time(oracle.prints[printed_[k] - 1].block)),
                 .reference = {.price = market(k, block_), .at = now()}};
  }
  prices_[collaterals() + 1] = tape_->native[block_];
}

template <Liquidatable H>
void world<H>::accrue(double years) {
  holding& owes = *account_.find(debt());
  const double accrued = owes.debt * rules_.borrow_rate * years;
  owes.debt += accrued;
  books_.interest.add(accrued);
  for (std::size_t k = 0; k < collaterals(); ++k) {
    holding& has = *account_.find(asset(k));
    const double earned = has.collateral * rules_.supply_rate * years;
    has.collateral += earned;
    books_.interest.add(-earned * market(k, block_));
  }
}

/// One call on the largest collateral, for as much as the protocol allows; when that would leave dust, for half of it.
template <Liquidatable H>
bool world<H>::liquidate_once() {
  std::size_t largest = 0;
  for (std::size_t k = 1; k < collaterals(); ++k) {
    if (held(k) * prices_[k] > held(largest) * prices_[largest]) largest = k;
  }
  for (const double share : {infinity, 0.5}) {
    const liquidation_request request{.debt = debt(), .collateral = asset(largest), .repay = owed() * share};
    const auto outcome = model_.liquidate(account_, prices(), request);
    if (!outcome.has_value()) continue;
    account_ = after_liquidation(account_, request, *outcome);
    books_.liquidation.add(outcome->seized * market(largest, block_) - outcome->repaid);
    books_.written_off.add(outcome->bad_debt);
    return true;
  }
  return false;
}

template <Liquidatable H>
receipt world<H>::include(const sent_transaction& t) {
  const auto tell = [&](receipt_kind kind) { return receipt{.kind = kind, .nonce = t.what.nonce, .at = now()}; };
  const plan<>& steps = t.what.steps;
  if (now() > steps.deadline) {
    ++counts_.lost;
    return tell(receipt_kind::expired);
  }
  const auto swaps = std::find_if(steps.begin(), steps.end(), [](const step& s) { return s.what == action::swap; });
  const bool sells = swaps == steps.end() || swaps->asset == asset(0);
  const sight s = look();
  const listing<liquidity::constant_product>& market = sells ? s.sell : s.buy;
  const double gas_native = s.gas.fee_native(rules_.pool.gas_units);
  // Whoever is paid for sending it pays for the gas, of what reverts too.
  const auto pays = [](const step& one) { return one.what == action::pay; };
  if (std::none_of(steps.begin(), steps.end(), pays)) {
    if (gas_native > tank_) {
      ++counts_.lost;
      return tell(receipt_kind::expired);  // nobody includes what cannot pay
    }
    tank_ -= gas_native;
    books_.gas.add(gas_native * tape_->native[block_]);
  }

  const counter_random luck{rules_.seed, 0x7452};  // a stream of its own
  const bool fails = luck.uniform(t.number) < rules_.failure_probability;
  const auto done = settle(model_, account_, steps, market, s.prices, s.reserves, s.now, rules_.flash_premium);
  if (fails || !done.has_value()) {
    ++counts_.reverts;
    return tell(receipt_kind::reverted);
  }
  book(*done, sells);
  account_ = done->account;
  pool_.base = sells ? done->venues[0].venue.reserve_in : done->venues[0].venue.reserve_out;
  pool_.quote = sells ? done->venues[0].venue.reserve_out : done->venues[0].venue.reserve_in;
  ++counts_.trades;
  return tell(receipt_kind::filled);
}

/// Against the market price: value in = value out + the pool's fee + impact, so that the three lines are what the swap
/// lost.
template <Liquidatable H>
void world<H>::book(const settled& done, bool sold_collateral) {
  const double price = market(0, block_);
  const int decimals[] = {rules_.collateral_decimals, rules_.debt_decimals};
  const std::size_t in = sold_collateral ? 0 : 1, out = 1 - in;
  const double each[] = {price, 1.0};
  const double swapped_in = done.venues[0].in.to_tokens(decimals[in]);
  const double swapped_out = done.venues[0].out.to_tokens(decimals[out]);
  const double fee_share = rules_.pool.fee.fraction();
  const double fee = sold_collateral ? swapped_in * fee_share * pool_.mid() : swapped_in * fee_share;
  books_.fee.add(fee);
  books_.impact.add(swapped_in * each[in] - swapped_out * each[out] - fee);
  const asset_id pair[] = {asset(0), debt()};
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
    const double premium = done.moved.gained(pair[side], party::lender).to_tokens(decimals[side]);
    if (premium > 0.0) books_.premium.add(premium * each[side]);
    const double reward = done.moved.gained(pair[side], party::sender).to_tokens(decimals[side]);
    if (reward > 0.0) books_.reward.add(reward * each[side]);
    const flow own = done.moved.of(pair[side], party::owner);
    (side == 0 ? wallet_[0] : wallet_debt_) +=
        own.taken.to_tokens(decimals[side]) - own.given.to_tokens(decimals[side]);
  }
}

}  // namespace trimtab::simulate
