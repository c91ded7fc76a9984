#pragma once

#include "sync/amazon/jwo_options.hpp"
#include "sync/cloud/cloud_options.hpp"
#include "sync/delivery/delivery_lane.hpp"

namespace gatehouse::sync {

/// Carts, payment records and refund records to the retailer's cloud.
class CloudLane final : public DeliveryLane {
 public:
  CloudLane(std::string store_id, CloudOptions options, SettlementMode settlement);
  /// For the requests that start from now on.
  void reload(CloudOptions options) { options_ = std::move(options); }

  [[nodiscard]] store::Lane lane() const override { return store::Lane::cloud; }
  [[nodiscard]] bool configured() const override { return !options_.url.empty(); }
  [[nodiscard]] std::string what_is_missing() const override {
    return options_.lacks_keys() ? "no AWS credentials" : "";
  }
  [[nodiscard]] std::size_t max_in_flight() const override { return options_.max_in_flight; }
  [[nodiscard]] Request request(store::Delivery& delivery) const override;
  /// judge_cloud_answer(), but what is about a signature is the configuration's or the keys' fault,
  /// whatever its status, and explained as Amazon's.
  [[nodiscard]] Judgement judge(const store::Delivery& delivery, const Reply& reply) const override;
  /// A person's word about the charge of the trip, in the answer to any record; and, to a cart and
  /// to an open question, the price, in the form that the settlement needs, and who may charge it.
  /// One that cannot be used becomes the reason of the delivery, which counts as delivered all the
  /// same. So does a 409 without a price to a cart: nobody knows whether one will come.
  void take_answer(const store::Delivery& delivery, const Reply& reply,
                   store::DeliveryAttempt& attempt) const override;

 private:
  void take_price(const store::Delivery& delivery, const Reply& reply,
                  store::DeliveryAttempt& attempt) const;

  std::string store_id_;
  CloudOptions options_;
  SettlementMode settlement_;
};

}  // namespace gatehouse::sync
