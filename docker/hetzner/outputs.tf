output "address" {
  description = "Where the A record of the domain points."
  value       = hcloud_primary_ip.address.ip_address
}
