# Ruby 2.5 or newer, nothing to install.
#   SHOPDESK_IDENTITY_SECRET=identity_… ruby sign.rb cus_42 jane@example.com "Jane Doe"
require "json"
require "openssl"

def sign(secret, customer)
  part = ->(data) { [data].pack("m0").tr("+/", "-_").delete("=") }
  claims = customer.merge(exp: Time.now.to_i + 15 * 60)
  content = [{ alg: "HS256", typ: "JWT" }, claims].map { |value| part.(JSON.generate(value)) }.join(".")
  "#{content}.#{part.(OpenSSL::HMAC.digest("SHA256", secret, content))}"
end

customer_id, email, name = ARGV
puts sign(ENV.fetch("SHOPDESK_IDENTITY_SECRET"), { customer_id: customer_id, email: email, name: name })
