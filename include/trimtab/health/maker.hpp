// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/one_pair.hpp>

#include <cstdint>

namespace trimtab::health {

/// Which contract takes an unsafe vault, and how much of it.
enum class maker_liquidator : std::uint8_t {
  dog,  ///< liquidations 2.0, `bark`: up to the room, and neither the auction nor what stays may be dust
  cat,  ///< liquidations 1.2, `bite`: up to `dunk` or the room, and what stays may be dust
};

/// @brief One ilk of Maker (Sky): one collateral, debt in DAI, one liquidation ratio, and a price known an hour ahead.
///
///     health factor = ink·price / (mat·par·art·rate)
///
/// Class linear. Liquidatable below 1, equality is safe: the Vat compares ink·spot with art·rate as exact integers.
/// Borrow and liquidation form are the same; new debt needs health ≥ 1 at the *current* price, no debt or at least
/// `dust`, and room below the debt ceiling. No close factor: an auction takes what `room` holds, penalty included; the
/// rest follows in later auctions. The penalty is added to what the auction must raise (`tab`), and what it does not
/// need of the collateral comes back: see `maker_auction`.
///
/// A feed without a value makes spot 0: the contract then neither lends nor liquidates. Here that is a price of 0,
/// which the door refuses as non_positive_price and `liquidate` as not_liquidatable. Debt is DAI, art·rate. Health,
/// headroom and greeks may also be asked of art, with par·rate as the price of its slot; minimum debt, ceilings and
/// `liquidate` may not.
/// @source dss, vat.sol frob, spot.sol poke, dog.sol bark, commit fa4f663; cat.sol bite (1.2)
struct maker {
  static constexpr form_class kind = form_class::linear;
  static constexpr whole_repayment whole_debt = whole_repayment::by_shares;  ///< vat.sol frob: normalised debt

  asset_id collateral{};
  asset_id dai{};
  price_slot price{};           ///< collateral, the OSM's current price
  price_slot next_price{};      ///< collateral, the OSM's next price, due within the hour; see `at_next_price`
  price_slot par{};             ///< what one DAI of debt counts, 1 as long as par is
  double mat = 1.5;             ///< liquidation ratio, ≥ 1
  basis_points penalty{1300};   ///< liquidation penalty, chop − 1
  double dust = 0.0;            ///< least debt of a vault, DAI
  double line_room = infinity;  ///< until the debt ceilings, DAI: min(line − Art·rate, Line − debt); none below 0
  double room = infinity;  ///< for auctions, DAI with penalty: min(Hole − Dirt, hole − dirt), or box − litter
  maker_liquidator liquidator = maker_liquidator::dog;
  double dunk = infinity;  ///< the Cat's largest auction, DAI with penalty

  /// @brief The same ilk once the next price is in force: health under it is one call on the same account and prices.
  /// Its borrow form is that of then; until then new debt is judged on the current price.
  [[nodiscard]] constexpr maker at_next_price() const noexcept {
    maker then = *this;
    then.price = next_price;
    return then;
  }
  /// What an auction must raise for this debt, DAI. Formula   due·chop
  [[nodiscard]] constexpr double tab(double due) const noexcept { return due * (1.0 + penalty.fraction()); }

  /// @errors threshold_range (mat below 1, infinite or NaN), bad_configuration, asset_mismatch
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept {
    if (!(mat >= 1.0 && mat < infinity)) return errc::threshold_range;
    if (!(penalty.count >= 0.0 && penalty.count < infinity) || !(dust >= 0.0 && dust < infinity)) {
      return errc::bad_configuration;
    }
    if (line_room != line_room || room != room || dunk != dunk || collateral == dai) return errc::bad_configuration;
    return validate_pair(a, collateral, dai);
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return pair_form<S>(a, {collateral, 1.0 / mat, price}, {dai, 1.0, par});
  }
  /// At the current price, until the next is in force.
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return liquidation_form<S>(a);
  }

  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>&, asset_id) const noexcept {
    return true;
  }
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>&, asset_id asset) const noexcept {
    return asset == dai && line_room > 0.0;
  }
  /// At every price that there is. @errors size_mismatch (a slot that an account without a holding does not read)
  template <std::size_t N>
  constexpr errc holds_at(const account<N>&, oracle_prices<double> prices) const noexcept {
    return prices.has({price, par}) ? errc::ok : errc::size_mismatch;
  }
  template <std::size_t N>
  constexpr double borrow_room(const account<N>&, oracle_prices<double>, asset_id) const noexcept {
    return larger(0.0, line_room);
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double> prices) const noexcept {
    return dust * prices[par].value;
  }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::borrow_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::below_one; }

  /// The penalty; what a buyer in the auction gains depends on when somebody buys.
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>&, oracle_prices<double>, asset_id) const noexcept {
    return penalty;
  }
  /// @brief The contract's ink·spot / (art·rate) against the form, relative.
  /// Spot is rounded down twice to 10⁻²⁷; what follows is exact in the contract, and eleven roundings of 2⁻⁵³ here.
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const auto f = liquidation_form<double>(a);
    if (!(weighted_value(f.debt, prices) > 0.0) || !(weighted_value(f.collateral, prices) > 0.0)) return 0.0;
    const double spot = prices[price].value / (prices[par].value * mat);
    return 2e-27 / spot + 11.0 * 0x1p-53;
  }

  /// @brief What one call moves to auction: `repaid` is the debt taken from the vault, `seized` the lot, both in
  /// proportion. No protocol fee here: the penalty is in `tab(repaid)`. What the auction does not recover is the
  /// system's, not the vault's, so `bad_debt` is 0.
  /// @errors asset_mismatch, negative_amount, not_liquidatable (also without room for auctions), not_finite, dust (a
  /// partial auction below `dust`, nothing to sell, or a request for less than the contract takes)
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept {
    if (!(request.collateral == collateral) || !(request.debt == dai)) return errc::asset_mismatch;
    if (!(request.repay > 0.0)) return errc::negative_amount;
    const double health = health_factor(liquidation_form<double>(a), prices);
    if (!liquidatable_at(liquidation_boundary(), health) || prices[price].value <= 0.0) return errc::not_liquidatable;
    if (!(health < infinity)) return errc::not_finite;  // a NaN
    const bool dog = liquidator == maker_liquidator::dog;
    if (!(room > 0.0) || (!dog && room < dust)) return errc::not_liquidatable;

    const double held = a.find(collateral) == nullptr ? 0.0 : a.find(collateral)->collateral;
    const double owed = a.find(dai)->debt;
    double taken = smaller(owed, (dog ? room : smaller(dunk, room)) / (1.0 + penalty.fraction()));
    if (dog && taken < owed) {
      if (owed - taken < dust) {
        taken = owed;  // goes beyond the room, by less than dust with its penalty
      } else if (taken < dust) {
        return errc::dust;
      }
    }
    liquidation_outcome out;
    out.repaid = taken;
    out.seized = held * (taken / owed);
    if (!(out.seized > 0.0) || request.repay < taken) return errc::dust;
    out.debt_left = owed - taken;
    out.collateral_left = held - out.seized;
    return out;
  }
};

}  // namespace trimtab::health
