// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The small world that an account lives in, one block after the other. It is the same for every column of a replay:
/// prices, oracle and gas come from the tape, the pool starts equal, and what differs is only what each keeper sends.
///
/// Order in a block:  interest · oracle update · liquidator · transactions sent at least δ earlier · arbitrage · the
/// keeper looks. So nobody ever acts on a price in the block that prints it, and a liquidator is always faster than the
/// owner.
///
/// Assets are numbered as on the tape: 0 … n−1 collateral, n the debt, priced 1 in base currency. Price slot = asset
/// number; slot n + 1 is the native token. Balances are unscaled: interest accrues on them block by block.

#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/simulate/counter_random.hpp>
#include <trimtab/simulate/keeper.hpp>
#include <trimtab/simulate/ledger.hpp>
#include <trimtab/simulate/market_tape.hpp>
#include <trimtab/simulate/pool.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace trimtab::simulate {

/// @brief What holds for everybody.
struct world_rules {
  std::int64_t delay_seconds = 24;   ///< δ: from sending a transaction to the block that may include it
  double failure_probability = 0.0;  ///< of a transaction that reverts for no reason of ours; pays its gas
  std::uint64_t seed = 1;
  double borrow_rate = 0.04;           ///< per year, on debt
  double supply_rate = 0.01;           ///< per year, on collateral
  double transaction_gas = 450'000.0;  ///< flash loan, repay and withdraw; the pool's swap comes on top
  double tank_native = infinity;       ///< native tokens to pay gas from
  basis_points flash_premium{5.0};     ///< what flash lenders ask for, of the amount
  double pool_depth = 0.0;             ///< debt tokens on the pool's side at the opening
  pool_rules pool{};
  int collateral_decimals = 18;
  int debt_decimals = 6;
  std::span<const reserve_limits> reserves{};  ///< empty: nothing binds
};

/// @brief Counts of what happened to the account.
struct world_counts {
  int liquidations = 0;  ///< calls of a liquidator
  int trades = 0;        ///< transactions that filled
  int reverts = 0;       ///< included and undone
  int lost = 0;          ///< never included: expired, or made void by another of the same nonce
};

/// @brief An account, its pool, its transactions in flight and its books.
/// Prices move through the whole range of a path: only a model whose form is the protocol's at all of them fits.
template <Liquidatable H>
class world {
  static_assert(H::kind == form_class::linear, "a world moves prices: its model's form must hold at every price");

public:
  world(const market_tape& tape, const H& model, const account<>& opening, const world_rules& rules)
      : tape_(&tape),
        model_(model),
        rules_(rules),
        account_(opening),
        prices_(tape.assets.size() + 2, 1.0),
        feeds_(tape.assets.size()),
        printed_(tape.assets.size(), 0),
        pool_(pool_at(tape.assets[0].market[0], rules.pool_depth)),
        tank_(rules.tank_native) {
    update_prices();
    opening_equity_ = equity();
  }

  /// @brief Time passes: what was held moves with the market, interest accrues, the feed prints.
  void begin(std::size_t block) {
    for (std::size_t k = 0; k < collaterals(); ++k) {
      books_.exposure.add((held(k) + wallet_[k]) * (market(k, block) - market(k, block_)));
    }
    const double years = static_cast<double>(tape_->clock.time(block) - tape_->clock.time(block_)) /
                         static_cast<double>(trimtab::year.count());
    block_ = block;
    accrue(years);
    update_prices();
  }

  /// @brief Lets liquidators take what the protocol lets them take; returns how many calls they made.
  int liquidate() {
    constexpr int most_calls = 16;  // each closes at least half of what is liquidatable
    int calls = 0;
    while (calls < most_calls && liquidatable_at(model_.liquidation_boundary(), health()) && liquidate_once()) ++calls;
    counts_.liquidations += calls;
    return calls;
  }

  /// @brief Includes what was sent at least δ ago. @param told const receipt& → void
  template <class Told>
  void include_due(Told told) {
    while (!in_flight_.empty() && in_flight_.front().due <= now()) {
      const sent_transaction t = in_flight_.front();
      in_flight_.erase(in_flight_.begin());
      told(include(t));
      const auto is_void = [&](const sent_transaction& other) { return other.what.nonce == t.what.nonce; };
      counts_.lost += static_cast<int>(std::count_if(in_flight_.begin(), in_flight_.end(), is_void));
      in_flight_.erase(std::remove_if(in_flight_.begin(), in_flight_.end(), is_void), in_flight_.end());
    }
  }

  void arbitrage() {
    const double price = market(0, block_);
    pool_ = after_withdrawals(pool_, rules_.pool, price, market(0, 0));
    pool_ = after_arbitrage(pool_, rules_.pool, price, tape_->clock.time(block_));
  }

  void send(const wish& w) { in_flight_.push_back({w, now() + seconds{rules_.delay_seconds}, sent_++}); }

  /// @brief What the keeper is shown; valid until the next `begin`.
  [[nodiscard]] sight look() const {
    sight s;
    s.now = now();
    s.account = account_;
    s.prices = prices();
    s.feeds = feeds_;
    s.reserves = rules_.reserves;
    s.sell = {asset(0), debt(), selling(pool_, rules_.pool), rules_.collateral_decimals, rules_.debt_decimals};
    s.buy = {debt(), asset(0), buying(pool_, rules_.pool), rules_.debt_decimals, rules_.collateral_decimals};
    s.gas = {.transaction_gas = rules_.transaction_gas,
             .price_native = gas_price(),
             .tank_native = tank_,
             .native = slot(collaterals() + 1)};
    return s;
  }

  [[nodiscard]] double health() const {
    return health_factor(model_.template liquidation_form<double>(account_), prices());
  }
  /// @brief What the account would fetch at market prices, debt and gas paid.
  [[nodiscard]] double equity() const {
    double sum = wallet_debt_ - owed() - books_.gas.value();
    for (std::size_t k = 0; k < collaterals(); ++k) sum += (held(k) + wallet_[k]) * market(k, block_);
    return sum;
  }
  [[nodiscard]] equity_split split() const {
    return {
        .opening = opening_equity_, .exposure = books_.exposure.value(), .costs = books_.costs(), .closing = equity()};
  }
  /// @brief Collateral at oracle prices, unweighted.
  [[nodiscard]] double collateral_value() const {
    double sum = 0.0;
    for (std::size_t k = 0; k < collaterals(); ++k) sum += held(k) * prices_[k];
    return sum;
  }
  [[nodiscard]] double owed() const { return account_.find(debt())->debt; }
  [[nodiscard]] double held(std::size_t k) const { return account_.find(asset(k))->collateral; }
  [[nodiscard]] bool anything_in_flight() const { return !in_flight_.empty(); }
  [[nodiscard]] bool printed() const { return printed_now_; }
  [[nodiscard]] const world_counts& counts() const { return counts_; }
  [[nodiscard]] const simulate::pool& pool() const { return pool_; }
  [[nodiscard]] const account<>& position() const { return account_; }
  [[nodiscard]] timestamp now() const { return at_unix(tape_->clock.time(block_)); }
  [[nodiscard]] oracle_prices<double> prices() const { return oracle_prices<double>(std::span<const double>(prices_)); }

private:
  using settled = settlement<liquidity::constant_product, 8, 1>;
  struct sent_transaction {
    wish what;
    timestamp due;
    std::uint64_t number;
  };

  [[nodiscard]] static asset_id asset(std::size_t k) { return {static_cast<std::uint32_t>(k)}; }
  [[nodiscard]] static price_slot slot(std::size_t k) { return {static_cast<std::uint16_t>(k)}; }
  [[nodiscard]] std::size_t collaterals() const { return tape_->assets.size(); }
  [[nodiscard]] asset_id debt() const { return asset(collaterals()); }
  [[nodiscard]] double market(std::size_t k, std::size_t block) const { return tape_->assets[k].market[block]; }
  [[nodiscard]] double gas_price() const { return tape_->gas_gwei[block_] * native_per_gwei; }

  void update_prices();
  void accrue(double years);
  bool liquidate_once();
  receipt include(const sent_transaction& t);
  void book(const settled& done, bool sold_collateral);

  const market_tape* tape_;
  H model_;
  world_rules rules_;
  account<> account_;
  std::vector<double> prices_;        // by slot
  std::vector<feed> feeds_;           // by collateral
  std::vector<std::size_t> printed_;  // by collateral: prints of the feed up to now
  simulate::pool pool_;
  double tank_;
  std::vector<sent_transaction> in_flight_;                                // oldest first: δ is the same for all
  std::vector<double> wallet_ = std::vector<double>(prices_.size(), 0.0);  // leftovers of transactions, the owner's
  double wallet_debt_ = 0.0;
  ledger books_;
  world_counts counts_;
  double opening_equity_ = 0.0;
  std::size_t block_ = 0;
  std::uint64_t sent_ = 0;
  bool printed_now_ = true;
};

}  // namespace trimtab::simulate

#include <trimtab/simulate/block.hpp>
