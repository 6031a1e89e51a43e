variable "name" {
  description = "Of everything that is made, as a prefix."
  type        = string
  default     = "aicd"
}

variable "domain" {
  description = "The name under which GitHub and people reach it, e.g. aicd.example.com."
  type        = string
}

variable "dns_zone" {
  description = "The zone of that name when it is in this Hetzner project, e.g. example.com; empty when it is elsewhere."
  type        = string
  default     = ""
}

variable "ssh_public_key" {
  description = "The operator's, e.g. the text of ~/.ssh/id_ed25519.pub."
  type        = string
}

variable "operator_addresses" {
  description = "From where the operator comes, e.g. [\"203.0.113.7/32\"]."
  type        = list(string)

  validation {
    condition     = !contains(var.operator_addresses, "0.0.0.0/0") && !contains(var.operator_addresses, "::/0")
    error_message = "SSH is not opened to everybody: name the addresses you come from."
  }
}

variable "location" {
  type    = string
  default = "nbg1"
}

variable "network_zone" {
  type    = string
  default = "eu-central"
}

variable "server_type" {
  description = "See the table of sizes in docker/README.md."
  type        = string
  default     = "cx33"
}

variable "data_gb" {
  description = "Of the volume; it may grow later and never shrinks."
  type        = number
  default     = 40
}
