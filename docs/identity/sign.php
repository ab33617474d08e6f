<?php
// PHP 7.4 or newer, nothing to install.
//   SHOPDESK_IDENTITY_SECRET=identity_… php sign.php cus_42 jane@example.com "Jane Doe"

function sign(string $secret, array $customer): string
{
    $part = fn (string $data): string => rtrim(strtr(base64_encode($data), '+/', '-_'), '=');
    $claims = $customer + ['exp' => time() + 15 * 60];
    $content = $part(json_encode(['alg' => 'HS256', 'typ' => 'JWT'])) . '.' . $part(json_encode($claims));
    return $content . '.' . $part(hash_hmac('sha256', $content, $secret, true));
}

[, $customer_id, $email, $name] = $argv;
$customer = ['customer_id' => $customer_id, 'email' => $email, 'name' => $name];
echo sign(getenv('SHOPDESK_IDENTITY_SECRET'), $customer), "\n";
